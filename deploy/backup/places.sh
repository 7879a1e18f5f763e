# Read by backup.sh and restore.sh: where the server keeps things, from its own variables.
data=${HAYLOFT_DATA:-/var/lib/hayloft}
database=${HAYLOFT_DATABASE_URL:-sqlite:$data/hayloft.db}
store=${HAYLOFT_STORE_URL:-file://$data/store}
hdfs=${HDFS:-hdfs}

sqlite_file=${database#sqlite:}
sqlite_file=${sqlite_file%%\?*}
case $store in
file:*)
    store_dir=${store#file://}
    store_dir=${store_dir%/}
    ;;
webhdfs:*)
    # webhdfs://USER@HOST:PORT/BASE?alt=… is webhdfs://HOST:PORT/BASE for Hadoop, which takes the user from elsewhere.
    plain=${store%%\?*}
    HADOOP_USER_NAME=$(echo "$plain" | sed 's|^webhdfs://\([^@]*\)@.*|\1|')
    export HADOOP_USER_NAME
    store_dir=${HDFS_STORE:-$(echo "$plain" | sed 's|^webhdfs://[^@]*@|webhdfs://|; s|/$||')}
    ;;
*)
    echo "the store $store is of no kind that this knows" >&2
    exit 1
    ;;
esac
