#!/usr/bin/env bash
# Takes a snapshot of the database: backup-db.sh [reason]
#
# The database is QUARTERMASTER_DB_URL (jdbc:sqlite:… or sqlite:///…) or ./quartermaster.db, the directory of the
# snapshots QUARTERMASTER_BACKUP_DIR or backups beside the database. With no database there is nothing to back up, and
# that is no error, so hooks can call this blindly. Exits with 1 if there is a database and no snapshot of it.
#
# Hooks wait for it, so the first run after a build leaves in target/backup-db what nearly halves the time of the
# others: the jar unpacked, and an archive of its classes. It does so in the background, once its snapshot is taken.
# Where that cannot be done, nothing is said, and all goes on without.
set -euo pipefail

# A hook may be a link to this script, and java one to a JDK.
without_links() {
  local file=$1 target
  while [ -L "$file" ]; do
    target=$(readlink "$file")
    case $target in
      /*) file=$target ;;
      *) file=$(dirname "$file")/$target ;;
    esac
  done
  printf '%s\n' "$file"
}

demo=$(cd "$(dirname "$(without_links "${BASH_SOURCE[0]}")")/.." && pwd)
jar="$demo/target/demo-app.jar"

if [ ! -f "$jar" ]; then
  # To a file, since Maven reports its failures on standard output.
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  if ! mvn -q -B -f "$demo/../pom.xml" -pl demo-app -am package -DskipTests >"$log" 2>&1; then
    echo "No snapshot was taken: $jar is missing and could not be built. Run mvn package to build it. This is what Maven said:" >&2
    tail -n 20 "$log" >&2
    exit 1
  fi
  # What follows replaces this process, and with it the trap.
  rm -f "$log"
fi

java=java
[ -n "${JAVA_HOME:-}" ] && java="$JAVA_HOME/bin/java"

# Says which build of the jar this is, and fails where that cannot be told. By the time of its last change, because Maven
# gives all builds the same time of modification.
build_of_jar() {
  local stamp
  stamp=$(TZ=UTC stat -L -c '%i-%s-%z' "$jar" 2>/dev/null || stat -L -f '%i-%z-%Fc' "$jar" 2>/dev/null) &&
    printf '%s\n' "${stamp//[!0-9-]/}"
}

# Says whether a copy may be used.
is_whole() {
  [ -f "$1/ready" ] && [ -r "$1/app.jar" ] && [ -d "$1/lib" ]
}

# Unpacks the jar and makes the archive, by taking a snapshot of a database of one empty page.
prepare() {
  local seconds
  # What somebody waits for may be that nobody has these open any more.
  exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
  # The snapshot that is waited for comes first.
  for ((seconds = 0; seconds < 600; seconds++)); do
    kill -0 $$ || break
    sleep 1
  done
  # The jar may be gone by now, and the directory with it, or be another one.
  [ "$(build_of_jar)" = "$build" ] || return
  [ -d "$copies" ] || mkdir "$copies" || return
  # Of jars that were replaced, and what was left half-done. What is in use has been touched.
  find "$copies" -mindepth 1 -maxdepth 1 -type d -name '[0-9]*-[0-9]*-[0-9]*-[0-9]*' -mmin +60 -exec rm -rf {} + || true
  if [ -f "$copy/ready" ]; then
    # Another run has made it, or somebody has removed a part of it since.
    is_whole "$copy" && return
    rm -rf "${copy:?}"
  fi
  # Of two at once, one goes on. One that fails is not tried again for an hour.
  mkdir "$copy" || return
  prepare_in "$copy" || rm -rf "${copy:?}"/*
}

# A virtual machine crashes on half an archive, as a power cut may leave one.
size_of_archive() {
  if [ -f "$1/classes.jsa" ]; then wc -c <"$1/classes.jsa"; else echo none; fi
}

prepare_in() {
  # A full disk is for the database, not for this.
  [ "$(df -Pk "$1" | awk 'NR == 2 { print $4 }')" -gt 1000000 ] &&
    nice "$java" "${options[@]}" -Djarmode=tools -jar "$jar" extract --destination "$1" --application-filename app.jar &&
    [ "$(build_of_jar)" = "$build" ] &&
    mkdir "$1/work" && cd "$1/work" &&
    {
      printf 'SQLite format 3\0\2\0\1\1\0\100\40\40\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4'
      head -c 8 /dev/zero
      printf '\0\0\0\1'
      head -c 40 /dev/zero
      printf '\15\0\0\0\0\2\0\0'
      head -c 404 /dev/zero
    } >page.db &&
    nice "$java" "${options[@]}" -XX:ArchiveClassesAtExit=classes.jsa --enable-native-access=ALL-UNNAMED \
      -cp "$1/app.jar" "$command" create --url jdbc:sqlite:page.db --dir backups &&
    { [ ! -s classes.jsa ] || mv classes.jsa ..; } && cd .. && rm -rf work && sync && size_of_archive "$1" >ready
}

# It is over before compiling pays off: without the optimising compiler, and with less of the other, in two thirds of the
# time.
options=(-XX:+IgnoreUnrecognizedVMOptions -XX:TieredStopAtLevel=1 -XX:CompileThresholdScaling=4)
command=dev.quartermaster.backup.command.BackupCommand
run=(-Djarmode=dbbackup -jar "$jar")

# What somebody else says of the virtual machine comes first: it would not start with two collectors, for one thing.
case "${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-} ${_JAVA_OPTIONS:-}" in
  *-X* | *agent* | *@*) ;;
  *)
    options+=(-XX:+UseSerialGC)
    release=$(dirname "$(without_links "$(command -v "$java")")")/../release
    copies=$demo/target/backup-db
    # A colon would separate two archives.
    if [ -r "$release" ] && [ "$copies" = "${copies//:/}" ] && build=$(build_of_jar) && [ -n "$build" ] &&
      jdk=$(cksum <"$release" 2>/dev/null); then
      copy=$copies/$build-${jdk// /-}
      if is_whole "$copy"; then
        touch "$copy" 2>/dev/null || true
        # An archive that this JDK cannot use is passed over; disabled is the log, in which it would say so.
        [ -f "$copy/classes.jsa" ] && [ "$(size_of_archive "$copy")" = "$(cat "$copy/ready")" ] &&
          options+=(-Xlog:disable "-XX:SharedArchiveFile=$copy/classes.jsa")
        run=("-Ddbbackup.jar=$jar" --enable-native-access=ALL-UNNAMED -cp "$copy/app.jar" "$command")
      elif [ -w "$demo/target" ]; then
        prepare </dev/null >/dev/null 2>&1 &
      fi
    fi
    ;;
esac

exec "$java" "${options[@]}" "${run[@]}" create --url "${QUARTERMASTER_DB_URL:-jdbc:sqlite:quartermaster.db}" -- "${1:-manual}"
