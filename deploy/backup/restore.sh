#!/bin/sh
# Puts a backup back where there is nothing: the store first, then the database.
#
#   sudo -u hayloft sh -c 'set -a; . /etc/hayloft/hayloft.env; exec deploy/backup/restore.sh /backup/hayloft'
#
# Stop every instance before. A second argument names one of the databases of the directory; the newest is the default. What is in
# a database or a store is never overwritten: move it away first. Afterwards run `hayloft doctor`.
set -eu

from=${1:?usage: restore.sh DIRECTORY [DATABASE]}
. "$(dirname "$0")/places.sh"

refuse() {
    echo "$1; move it away first, nothing was changed" >&2
    exit 1
}

case $database in
sqlite:*)
    dump=${2:-$(ls "$from"/database-*.db | tail -n 1)}
    # What an older database left beside it would be taken for changes of the restored one.
    for file in "$sqlite_file" "$sqlite_file-wal" "$sqlite_file-shm" "$sqlite_file-journal"; do
        [ ! -e "$file" ] || refuse "there is a database at $file"
    done
    ;;
*)
    dump=${2:-$(ls "$from"/database-*.dump | tail -n 1)}
    tables=$(psql --quiet --no-align --tuples-only --command="SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'" "$database")
    [ "$tables" -eq 0 ] || refuse "the database has $tables tables"
    ;;
esac
case $store in
file:*) [ ! -e "$store_dir/blobs" ] || [ -z "$(ls "$store_dir/blobs")" ] || refuse "there are blobs in $store_dir" ;;
*) ! $hdfs dfs -test -e "$store_dir/blobs/*/*" 2> /dev/null || refuse "there are blobs in $store_dir" ;;
esac

umask 077
case $store in
file:*)
    mkdir -p "$store_dir"
    rsync -a "$from/store/blobs" "$store_dir/"
    ;;
*)
    $hdfs dfs -mkdir -p "$store_dir"
    $hdfs dfs -put -f "$from/store/blobs" "$store_dir/"
    ;;
esac

case $database in
sqlite:*) mkdir -p "$(dirname "$sqlite_file")" && cp "$dump" "$sqlite_file" ;;
*) pg_restore --no-owner --exit-on-error --single-transaction --dbname="$database" "$dump" ;;
esac
echo "restored $dump; now run: hayloft doctor"
