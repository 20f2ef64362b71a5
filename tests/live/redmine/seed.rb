# Run once by Rails in an empty Redmine: two people with keys, a project, some issues.
Setting.rest_api_enabled = "1"
Setting.notified_events = []
admin = User.find_by_login("admin")
admin.update!(must_change_passwd: false)
somebody = User.new(firstname: "Some", lastname: "Body", mail: "somebody@harbour.example", language: "en", admin: true)
somebody.login = "somebody"
somebody.password = "somebody-else"
somebody.save!
{ admin => "a" * 40, somebody => "b" * 40 }.each do |user, key|
  Token.where(user_id: user.id, action: "api").delete_all
  Token.create!(user: user, action: "api").update_columns(value: key)
end
project = Project.create!(name: "Harbour", identifier: "harbour", is_public: true, tracker_ids: Tracker.pluck(:id))
350.times do |i|
  issue = Issue.new(project: project, tracker: Tracker.first, author: admin, status: IssueStatus.first, priority: IssuePriority.first)
  issue.subject = "Crane № #{i} & <ropes>"
  issue.description = i % 4 == 0 ? "" : "Öl, #{i} liters"
  issue.done_ratio = (i % 10) * 10
  issue.is_private = i % 9 == 0
  issue.save!
  issue.update_columns(status_id: IssueStatus.where(is_closed: true).first.id) if i % 5 == 0
end
