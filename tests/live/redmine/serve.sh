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
exec bundle exec rails server -u webrick -b 127.0.0.1 -p "$port" -P "$state/server.pid"
