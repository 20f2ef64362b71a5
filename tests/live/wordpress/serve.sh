# WordPress as Debian packs it, over a MariaDB of its own: serve.sh <state> <port> <database port> <here>.
set -e
state=$1 port=$2 database=$3 here=$4
if [ ! -d "$state/db" ]; then
  mariadb-install-db --no-defaults --user=root --datadir="$state/db" --auth-root-authentication-method=normal --skip-test-db >"$state/install.log" 2>&1
fi
mariadbd --no-defaults --user=root --datadir="$state/db" --socket="$state/db.sock" --bind-address=127.0.0.1 --port="$database" \
  --innodb-buffer-pool-size=64M --innodb-flush-log-at-trx-commit=0 --skip-log-bin >"$state/db.log" 2>&1 &
n=0
until mariadb-admin --no-defaults --user=root --socket="$state/db.sock" ping >/dev/null 2>&1; do
  n=$((n + 1))
  [ "$n" -lt 300 ] || { cat "$state/db.log" >&2; exit 1; }
  sleep 0.2
done
mariadb --no-defaults --user=root --socket="$state/db.sock" -e "create database if not exists wordpress character set utf8mb4"
php="$(ls /usr/bin/php[0-9]* | head -n 1) -d extension=mysqlnd -d extension=mysqli -d extension=ctype -d extension=tokenizer -d extension=iconv -d extension=fileinfo -d memory_limit=256M"
$php "$here/seed.php" "$state"
cd /usr/share/wordpress
PHP_CLI_SERVER_WORKERS=4 exec $php -S "127.0.0.1:$port" -t /usr/share/wordpress "$here/router.php"
