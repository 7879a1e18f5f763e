#!/bin/sh
# Copies a running Hayloft into a directory: the database first, then what the store has that is not there yet.
#
#   sudo -u hayloft sh -c 'set -a; . /etc/hayloft/hayloft.env; exec deploy/backup/backup.sh /backup/hayloft'
#
# It reads HAYLOFT_DATA, HAYLOFT_DATABASE_URL and HAYLOFT_STORE_URL as the server does, and needs pg_dump or sqlite3, and rsync
# (a local store) or Hadoop's client (HDFS; another command than `hdfs` in $HDFS; with two NameNodes name the directory
# through your configuration: HDFS_STORE=hdfs://cluster/hayloft).
#
# The directory gets database-TIME.dump (or .db) each time, and one store for all of them. Blobs never change, so each is
# copied once; one whose file was purged stays, since an older database names it.
set -eu

to=${1:?usage: backup.sh DIRECTORY}
. "$(dirname "$0")/places.sh"
umask 077
mkdir -p "$to/store/blobs"

# The database. Rows that come later name bytes that this copy need not have.
name=database-$(date -u +%Y%m%dT%H%M%SZ)
case $database in
sqlite:*)
    name=$name.db
    sqlite3 "$sqlite_file" ".timeout 60000" ".backup '$to/$name.new'"
    ;;
*)
    name=$name.dump
    pg_dump --format=custom --file="$to/$name.new" "$database"
    ;;
esac

# The store. Staging holds unfinished uploads and is left out.
case $store in
file:*)
    # Nothing there: nobody has uploaded anything.
    [ ! -e "$store_dir/blobs" ] || rsync -a --ignore-existing "$store_dir/blobs/" "$to/store/blobs/"
    ;;
*)
    work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
    have=$work/have want=$work/want
    (cd "$to/store/blobs" && find . -type f ! -name '*._COPYING_' | sed 's|^\./||' | sort) > "$have"
    # Not into a pipe, whose beginning may fail without anybody noticing.
    $hdfs dfs -mkdir -p "$store_dir/blobs"
    $hdfs dfs -ls -R -C "$store_dir/blobs" > "$work/list"
    sed -n 's|.*/blobs/\(../[^/]*\)$|\1|p' "$work/list" | sort > "$want"
    # Many in one call, since each call starts a Java machine; then each to its folder, which its name begins with.
    incoming=$to/store/incoming
    rm -rf "$incoming" && mkdir "$incoming"
    comm -13 "$have" "$want" | sed "s|^|$store_dir/blobs/|" |
        xargs -r -n 500 sh -c 'to=$1 hdfs=$2 && shift 2 && exec $hdfs dfs -get "$@" "$to/"' sh "$incoming" "$hdfs"
    for blob in "$incoming"/*; do
        [ -e "$blob" ] || continue
        name_of_blob=${blob##*/}
        folder=$to/store/blobs/${name_of_blob%"${name_of_blob#??}"}
        mkdir -p "$folder" && mv "$blob" "$folder/"
    done
    rmdir "$incoming"
    ;;
esac

# Only now it is a backup.
mv "$to/$name.new" "$to/$name"
echo "$to/$name"
