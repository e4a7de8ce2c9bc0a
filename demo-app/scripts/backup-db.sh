#!/usr/bin/env bash
# Takes a snapshot of the database: backup-db.sh [reason]
#
# The database is QUARTERMASTER_DB_URL (jdbc:sqlite:… or sqlite:///…) or ./quartermaster.db, the directory of the
# snapshots QUARTERMASTER_BACKUP_DIR or backups beside the database. With no database there is nothing to back up, and
# that is no error, so hooks can call this blindly. Exits with 1 if there is a database and no snapshot of it.
set -euo pipefail

# A hook may be a link to this script.
script=${BASH_SOURCE[0]}
while [ -L "$script" ]; do
  target=$(readlink "$script")
  case $target in
    /*) script=$target ;;
    *) script=$(dirname "$script")/$target ;;
  esac
done
demo=$(cd "$(dirname "$script")/.." && pwd)
jar="$demo/target/demo-app.jar"

if [ ! -f "$jar" ]; then
  # To a file, since Maven reports its failures on standard output.
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  if ! mvn -q -B -f "$demo/../pom.xml" -pl demo-app -am package -DskipTests >"$log" 2>&1; then
    echo "No snapshot: $jar is missing and could not be built. Run mvn package, and see what it says:" >&2
    tail -n 20 "$log" >&2
    exit 1
  fi
fi

java=java
[ -n "${JAVA_HOME:-}" ] && java="$JAVA_HOME/bin/java"

# It is over before the optimising compiler pays off: without that, in two thirds of the time.
exec "$java" -XX:TieredStopAtLevel=1 -Djarmode=dbbackup -jar "$jar" create --url "${QUARTERMASTER_DB_URL:-jdbc:sqlite:quartermaster.db}" -- "${1:-manual}"
