# Redmine as Debian packs it, over SQLite: serve.sh <state> <port> <seed>. What it makes of an empty database is kept as <seed>.
set -e
state=$1 port=$2 seed=$3
mount --bind "$state/instance" /var/lib/redmine
cd /usr/share/redmine
export REDMINE_INSTANCE=default RAILS_ENV=production SCHEMA=/dev/null REDMINE_LANG=en HOME="$state" LANG=C.UTF-8
bundle install --local --quiet
if [ ! -f "$seed" ]; then
  bundle exec rake db:migrate
  bundle exec rake redmine:load_default_data
  bundle exec rails runner "$state/seed.rb"
  cp "$state/redmine.db" "$seed.partial"
  mv "$seed.partial" "$seed"
fi
# Redmine's bundle has no server in it; Debian's webrick stands beside.
RUBYLIB=$(echo /usr/share/rubygems-integration/all/gems/webrick-*/lib)
export RUBYLIB
exec bundle exec ruby -e 'require "./config/environment"; require "rack/handler/webrick"; Rack::Handler::WEBrick.run(RedmineApp::Application, Host: "127.0.0.1", Port: ARGV[0].to_i)' "$port"
