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
# copied once; one whose file was purged stays, since an older database names it. A first copy that takes hours may have to be
# followed by a second one, which takes what is new only; the script says so.
set -eu

# A blob that nothing refers to stays in the store for so long, in seconds: until then the copy has all that its database names.
grace=21600
begun=$(date +%s)

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
    # 24: something went while it was copied, as what is purged does.
    [ ! -e "$store_dir/blobs" ] || rsync -a --ignore-existing "$store_dir/blobs/" "$to/store/blobs/" || [ $? -eq 24 ]
    ;;
*)
    work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
    have=$work/have want=$work/want
    (cd "$to/store/blobs" && find . -type f ! -name '*._COPYING_' | sed 's|^\./||' | sort) > "$have"
    $hdfs dfs -mkdir -p "$store_dir/blobs"
    list() {
        # Not into a pipe, whose beginning may fail without anybody noticing.
        $hdfs dfs -ls -R -C "$store_dir/blobs" > "$work/list"
        sed -n 's|.*/blobs/\(../[^/]*\)$|\1|p' "$work/list" | sort > "$1"
    }
    list "$want"
    comm -13 "$have" "$want" > "$work/new"
    # Many in one call, since each call starts a Java machine; then each to its folder, so that what was fetched is kept
    # whatever comes after.
    incoming=$to/store/incoming
    split -l 500 "$work/new" "$work/batch-"
    : > "$work/missing"
    for batch in "$work"/batch-*; do
        [ -e "$batch" ] || continue
        rm -rf "$incoming" && mkdir "$incoming"
        sed "s|^|$store_dir/blobs/|" "$batch" |
            xargs sh -c 'to=$1 hdfs=$2 && shift 2 && exec $hdfs dfs -get "$@" "$to/"' sh "$incoming" "$hdfs" || true
        while read -r blob; do
            if [ -e "$incoming/${blob#*/}" ]; then
                mkdir -p "$to/store/blobs/${blob%/*}" && mv "$incoming/${blob#*/}" "$to/store/blobs/$blob"
            else
                echo "$blob" >> "$work/missing"
            fi
        done < "$batch"
    done
    rm -rf "$incoming"
    # What was purged meanwhile is gone; what is still there should have come.
    if [ -s "$work/missing" ]; then
        list "$work/still"
        lost=$(comm -12 "$work/missing" "$work/still" | wc -l)
        [ "$lost" -eq 0 ] || { echo "$lost blobs could not be fetched from $store_dir" >&2 && exit 1; }
    fi
    ;;
esac

if [ $(($(date +%s) - begun)) -ge "$grace" ]; then
    echo "this took so long that a file which was purged since may be missing; run it again, it goes on from here" >&2
    rm "$to/$name.new"
    exit 1
fi
# Only now it is a backup.
mv "$to/$name.new" "$to/$name"
echo "$to/$name"
