namespace RespKv.Engine.Commands.Introspection;

/// <summary>The lines of <see cref="CommandDocFacts"/>, as redis-server 7.0.15 tells them.</summary>
internal static class CommandDocFactsText
{
    public const string Text =
        """
        acl|genpass arguments bits:integer ?
        acl|getuser history 6.2.0 Added Pub/Sub channel patterns.
        acl|getuser history 7.0.0 Added selectors and changed the format of key and channel patterns from a list to their rule representation.
        acl|log arguments operation:oneof ? ( count:integer reset:pure-token =RESET )
        acl|setuser history 6.2.0 Added Pub/Sub channel patterns.
        acl|setuser history 7.0.0 Added selectors and key based permissions.
        auth history 6.0.0 Added ACL style (username and password).
        auth arguments username:string @6.0.0 ? password:string
        bgsave history 3.2.2 Added the `SCHEDULE` option.
        bgsave arguments schedule:pure-token =SCHEDULE @3.2.2 ?
        bitcount history 7.0.0 Added the `BYTE|BIT` option.
        bitcount arguments key:key #0 index:block ? ( start:integer end:integer index_unit:oneof @7.0.0 ? ( byte:pure-token =BYTE bit:pure-token =BIT ) )
        bitfield arguments key:key #0 operation:oneof ? * ( encoding_offset:block =GET ( encoding:string offset:integer ) write:block ( wrap_sat_fail:oneof =OVERFLOW ? ( wrap:pure-token =WRAP sat:pure-token =SAT fail:pure-token =FAIL ) write_operation:oneof ( encoding_offset_value:block =SET ( encoding:string offset:integer value:integer ) encoding_offset_increment:block =INCRBY ( encoding:string offset:integer increment:integer ) ) ) )
        bitfield_ro arguments key:key #0 encoding_offset:block =GET ? * + ( encoding:string offset:integer )
        bitop arguments operation:string destkey:key #0 key:key #1 *
        bitpos history 7.0.0 Added the `BYTE|BIT` option.
        bitpos arguments key:key #0 bit:integer index:block ? ( start:integer end_index:block ? ( end:integer index_unit:oneof @7.0.0 ? ( byte:pure-token =BYTE bit:pure-token =BIT ) ) )
        blmove arguments source:key #0 destination:key #1 wherefrom:oneof ( left:pure-token =LEFT right:pure-token =RIGHT ) whereto:oneof ( left:pure-token =LEFT right:pure-token =RIGHT ) timeout:double
        blmpop arguments timeout:double numkeys:integer key:key #0 * where:oneof ( left:pure-token =LEFT right:pure-token =RIGHT ) count:integer =COUNT ?
        blpop history 6.0.0 `timeout` is interpreted as a double instead of an integer.
        blpop arguments key:key #0 * timeout:double
        brpop history 6.0.0 `timeout` is interpreted as a double instead of an integer.
        brpop arguments key:key #0 * timeout:double
        brpoplpush doc_flags deprecated
        brpoplpush deprecated_since 6.2.0
        brpoplpush replaced_by `BLMOVE` with the `RIGHT` and `LEFT` arguments
        brpoplpush history 6.0.0 `timeout` is interpreted as a double instead of an integer.
        brpoplpush arguments source:key #0 destination:key #1 timeout:double
        bzmpop arguments timeout:double numkeys:integer key:key #0 * where:oneof ( min:pure-token =MIN max:pure-token =MAX ) count:integer =COUNT ?
        bzpopmax history 6.0.0 `timeout` is interpreted as a double instead of an integer.
        bzpopmax arguments key:key #0 * timeout:double
        bzpopmin history 6.0.0 `timeout` is interpreted as a double instead of an integer.
        bzpopmin arguments key:key #0 * timeout:double
        client|caching arguments mode:oneof ( yes:pure-token =YES no:pure-token =NO )
        client|kill history 2.8.12 Added new filter format.
        client|kill history 2.8.12 `ID` option.
        client|kill history 3.2.0 Added `master` type in for `TYPE` option.
        client|kill history 5.0.0 Replaced `slave` `TYPE` with `replica`. `slave` still supported for backward compatibility.
        client|kill history 6.2.0 `LADDR` option.
        client|kill arguments filter:oneof ( ip:port:string !2.8.12 new-format:oneof * ( client-id:integer =ID @2.8.12 ? normal_master_slave_pubsub:oneof =TYPE @2.8.12 ? ( normal:pure-token =NORMAL master:pure-token =MASTER @3.2.0 slave:pure-token =SLAVE replica:pure-token =REPLICA @5.0.0 pubsub:pure-token =PUBSUB ) username:string =USER ? ip:port:string =ADDR ? ip:port:string =LADDR @6.2.0 ? yes/no:string =SKIPME ? ) )
        client|list history 2.8.12 Added unique client `id` field.
        client|list history 5.0.0 Added optional `TYPE` filter.
        client|list history 6.0.0 Added `user` field.
        client|list history 6.2.0 Added `argv-mem`, `tot-mem`, `laddr` and `redir` fields and the optional `ID` filter.
        client|list history 7.0.0 Added `resp`, `multi-mem`, `rbs` and `rbp` fields.
        client|list history 7.0.3 Added `ssub` field.
        client|list arguments normal_master_replica_pubsub:oneof =TYPE @5.0.0 ? ( normal:pure-token =NORMAL master:pure-token =MASTER replica:pure-token =REPLICA pubsub:pure-token =PUBSUB ) id:block =ID @6.2.0 ? ( client-id:integer * )
        client|no-evict arguments enabled:oneof ( on:pure-token =ON off:pure-token =OFF )
        client|pause history 6.2.0 `CLIENT PAUSE WRITE` mode added along with the `mode` option.
        client|pause arguments timeout:integer mode:oneof @6.2.0 ? ( write:pure-token =WRITE all:pure-token =ALL )
        client|tracking arguments status:oneof ( on:pure-token =ON off:pure-token =OFF ) client-id:integer =REDIRECT ? prefix:string =PREFIX ? * + bcast:pure-token =BCAST ? optin:pure-token =OPTIN ? optout:pure-token =OPTOUT ? noloop:pure-token =NOLOOP ?
        cluster|addslots arguments slot:integer *
        cluster|addslotsrange arguments start-slot_end-slot:block * ( start-slot:integer end-slot:integer )
        cluster|count-failure-reports arguments node-id:string
        cluster|countkeysinslot arguments slot:integer
        cluster|delslots arguments slot:integer *
        cluster|delslotsrange arguments start-slot_end-slot:block * ( start-slot:integer end-slot:integer )
        cluster|failover arguments options:oneof ? ( force:pure-token =FORCE takeover:pure-token =TAKEOVER )
        cluster|forget arguments node-id:string
        cluster|getkeysinslot arguments slot:integer count:integer
        cluster|keyslot arguments key:string
        cluster|meet history 4.0.0 Added the optional `cluster_bus_port` argument.
        cluster|meet arguments ip:string port:integer cluster_bus_port:integer @4.0.0 ?
        cluster|replicas arguments node-id:string
        cluster|replicate arguments node-id:string
        cluster|reset arguments hard_soft:oneof ? ( hard:pure-token =HARD soft:pure-token =SOFT )
        cluster|set-config-epoch arguments config-epoch:integer
        cluster|setslot arguments slot:integer subcommand:oneof ( node-id:string =IMPORTING node-id:string =MIGRATING node-id:string =NODE stable:pure-token =STABLE )
        cluster|slaves doc_flags deprecated
        cluster|slaves deprecated_since 5.0.0
        cluster|slaves replaced_by `CLUSTER REPLICAS`
        cluster|slaves arguments node-id:string
        cluster|slots doc_flags deprecated
        cluster|slots deprecated_since 7.0.0
        cluster|slots replaced_by `CLUSTER SHARDS`
        cluster|slots history 4.0.0 Added node IDs.
        cluster|slots history 7.0.0 Added additional networking metadata field.
        command|info history 7.0.0 Allowed to be called with no argument to get info on all commands.
        command|list arguments filterby:oneof =FILTERBY ? ( module-name:string =MODULE category:string =ACLCAT pattern:pattern =PATTERN )
        config|get history 7.0.0 Added the ability to pass multiple pattern parameters in one call
        config|get arguments parameter:block * ( parameter:string )
        config|set history 7.0.0 Added the ability to set multiple parameters in one call.
        debug doc_flags syscmd
        exists history 3.0.3 Accepts multiple `key` arguments.
        expire history 7.0.0 Added options: `NX`, `XX`, `GT` and `LT`.
        expire arguments key:key #0 seconds:integer condition:oneof @7.0.0 ? ( nx:pure-token =NX xx:pure-token =XX gt:pure-token =GT lt:pure-token =LT )
        expireat history 7.0.0 Added options: `NX`, `XX`, `GT` and `LT`.
        expireat arguments key:key #0 unix-time-seconds:unix-time condition:oneof @7.0.0 ? ( nx:pure-token =NX xx:pure-token =XX gt:pure-token =GT lt:pure-token =LT )
        failover arguments target:block =TO ? ( host:string port:integer force:pure-token =FORCE ? ) abort:pure-token =ABORT ? milliseconds:integer =TIMEOUT ?
        flushall history 4.0.0 Added the `ASYNC` flushing mode modifier.
        flushall history 6.2.0 Added the `SYNC` flushing mode modifier.
        flushall arguments async:oneof ? ( async:pure-token =ASYNC @4.0.0 sync:pure-token =SYNC @6.2.0 )
        flushdb history 4.0.0 Added the `ASYNC` flushing mode modifier.
        flushdb history 6.2.0 Added the `SYNC` flushing mode modifier.
        flushdb arguments async:oneof ? ( async:pure-token =ASYNC @4.0.0 sync:pure-token =SYNC @6.2.0 )
        geoadd history 6.2.0 Added the `CH`, `NX` and `XX` options.
        geoadd arguments key:key #0 condition:oneof @6.2.0 ? ( nx:pure-token =NX xx:pure-token =XX ) change:pure-token =CH @6.2.0 ? longitude_latitude_member:block * ( longitude:double latitude:double member:string )
        geodist arguments key:key #0 member1:string member2:string unit:oneof ? ( m:pure-token =M km:pure-token =KM ft:pure-token =FT mi:pure-token =MI )
        georadius doc_flags deprecated
        georadius deprecated_since 6.2.0
        georadius replaced_by `GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument
        georadius history 6.2.0 Added the `ANY` option for `COUNT`.
        georadius history 7.0.0 Added support for uppercase unit names.
        georadius arguments key:key #0 longitude:double latitude:double radius:double unit:oneof ( m:pure-token =M km:pure-token =KM ft:pure-token =FT mi:pure-token =MI ) withcoord:pure-token =WITHCOORD ? withdist:pure-token =WITHDIST ? withhash:pure-token =WITHHASH ? count:block ? ( count:integer =COUNT any:pure-token =ANY @6.2.0 ? ) order:oneof ? ( asc:pure-token =ASC desc:pure-token =DESC ) key:key #1 =STORE ? key:key #2 =STOREDIST ?
        georadius_ro doc_flags deprecated
        georadius_ro deprecated_since 6.2.0
        georadius_ro replaced_by `GEOSEARCH` with the `BYRADIUS` argument
        georadius_ro history 6.2.0 Added the `ANY` option for `COUNT`.
        georadius_ro arguments key:key #0 longitude:double latitude:double radius:double unit:oneof ( m:pure-token =M km:pure-token =KM ft:pure-token =FT mi:pure-token =MI ) withcoord:pure-token =WITHCOORD ? withdist:pure-token =WITHDIST ? withhash:pure-token =WITHHASH ? count:block ? ( count:integer =COUNT any:pure-token =ANY @6.2.0 ? ) order:oneof ? ( asc:pure-token =ASC desc:pure-token =DESC )
        georadiusbymember doc_flags deprecated
        georadiusbymember deprecated_since 6.2.0
        georadiusbymember replaced_by `GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments
        georadiusbymember history 7.0.0 Added support for uppercase unit names.
        georadiusbymember arguments key:key #0 member:string radius:double unit:oneof ( m:pure-token =M km:pure-token =KM ft:pure-token =FT mi:pure-token =MI ) withcoord:pure-token =WITHCOORD ? withdist:pure-token =WITHDIST ? withhash:pure-token =WITHHASH ? count:block ? ( count:integer =COUNT any:pure-token =ANY ? ) order:oneof ? ( asc:pure-token =ASC desc:pure-token =DESC ) key:key #1 =STORE ? key:key #2 =STOREDIST ?
        georadiusbymember_ro doc_flags deprecated
        georadiusbymember_ro deprecated_since 6.2.0
        georadiusbymember_ro replaced_by `GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments
        georadiusbymember_ro arguments key:key #0 member:string radius:double unit:oneof ( m:pure-token =M km:pure-token =KM ft:pure-token =FT mi:pure-token =MI ) withcoord:pure-token =WITHCOORD ? withdist:pure-token =WITHDIST ? withhash:pure-token =WITHHASH ? count:block ? ( count:integer =COUNT any:pure-token =ANY ? ) order:oneof ? ( asc:pure-token =ASC desc:pure-token =DESC )
        geosearch history 7.0.0 Added support for uppercase unit names.
        geosearch arguments key:key #0 from:oneof ( member:string =FROMMEMBER longitude_latitude:block =FROMLONLAT ( longitude:double latitude:double ) ) by:oneof ( circle:block ( radius:double =BYRADIUS unit:oneof ( m:pure-token =M km:pure-token =KM ft:pure-token =FT mi:pure-token =MI ) ) box:block ( width:double =BYBOX height:double unit:oneof ( m:pure-token =M km:pure-token =KM ft:pure-token =FT mi:pure-token =MI ) ) ) order:oneof ? ( asc:pure-token =ASC desc:pure-token =DESC ) count:block ? ( count:integer =COUNT any:pure-token =ANY ? ) withcoord:pure-token =WITHCOORD ? withdist:pure-token =WITHDIST ? withhash:pure-token =WITHHASH ?
        geosearchstore history 7.0.0 Added support for uppercase unit names.
        geosearchstore arguments destination:key #0 source:key #1 from:oneof ( member:string =FROMMEMBER longitude_latitude:block =FROMLONLAT ( longitude:double latitude:double ) ) by:oneof ( circle:block ( radius:double =BYRADIUS unit:oneof ( m:pure-token =M km:pure-token =KM ft:pure-token =FT mi:pure-token =MI ) ) box:block ( width:double =BYBOX height:double unit:oneof ( m:pure-token =M km:pure-token =KM ft:pure-token =FT mi:pure-token =MI ) ) ) order:oneof ? ( asc:pure-token =ASC desc:pure-token =DESC ) count:block ? ( count:integer =COUNT any:pure-token =ANY ? ) storedist:pure-token =STOREDIST ?
        getex arguments key:key #0 expiration:oneof ? ( seconds:integer =EX milliseconds:integer =PX unix-time-seconds:unix-time =EXAT unix-time-milliseconds:unix-time =PXAT persist:pure-token =PERSIST )
        getset doc_flags deprecated
        getset deprecated_since 6.2.0
        getset replaced_by `SET` with the `!GET` argument
        hdel history 2.4.0 Accepts multiple `field` arguments.
        hello history 6.2.0 `protover` made optional; when called without arguments the command reports the current connection's context.
        hello arguments arguments:block ? ( protover:integer username_password:block =AUTH ? ( username:string password:string ) clientname:string =SETNAME ? )
        hmset doc_flags deprecated
        hmset deprecated_since 4.0.0
        hmset replaced_by `HSET` with multiple field-value pairs
        hrandfield arguments key:key #0 options:block ? ( count:integer withvalues:pure-token =WITHVALUES ? )
        hset history 4.0.0 Accepts multiple `field` and `value` arguments.
        info history 7.0.0 Added support for taking multiple section arguments.
        linsert arguments key:key #0 where:oneof ( before:pure-token =BEFORE after:pure-token =AFTER ) pivot:string element:string
        lmove arguments source:key #0 destination:key #1 wherefrom:oneof ( left:pure-token =LEFT right:pure-token =RIGHT ) whereto:oneof ( left:pure-token =LEFT right:pure-token =RIGHT )
        lmpop arguments numkeys:integer key:key #0 * where:oneof ( left:pure-token =LEFT right:pure-token =RIGHT ) count:integer =COUNT ?
        lpop history 6.2.0 Added the `count` argument.
        lpop arguments key:key #0 count:integer @6.2.0 ?
        lpos arguments key:key #0 element:string rank:integer =RANK ? num-matches:integer =COUNT ? len:integer =MAXLEN ?
        lpush history 2.4.0 Accepts multiple `element` arguments.
        lpushx history 4.0.0 Accepts multiple `element` arguments.
        module|load arguments path:string arg:string ? *
        module|loadex arguments path:string configs:block =CONFIG ? * + ( name:string value:string ) args:block =ARGS ? * ( arg:string )
        module|unload arguments name:string
        pexpire history 7.0.0 Added options: `NX`, `XX`, `GT` and `LT`.
        pexpire arguments key:key #0 milliseconds:integer condition:oneof @7.0.0 ? ( nx:pure-token =NX xx:pure-token =XX gt:pure-token =GT lt:pure-token =LT )
        pexpireat history 7.0.0 Added options: `NX`, `XX`, `GT` and `LT`.
        pexpireat arguments key:key #0 unix-time-milliseconds:unix-time condition:oneof @7.0.0 ? ( nx:pure-token =NX xx:pure-token =XX gt:pure-token =GT lt:pure-token =LT )
        pfdebug doc_flags syscmd
        pfmerge arguments destkey:key #0 sourcekey:key #1 *
        pfselftest doc_flags syscmd
        psubscribe arguments pattern:block * ( pattern:pattern )
        pttl history 2.8.0 Added the -2 reply.
        renamenx history 3.2.0 The command no longer returns an error when source and destination names are the same.
        replicaof arguments args:oneof ( host-port:block ( host:string port:integer ) no-one:block ( no:pure-token =NO one:pure-token =ONE ) )
        restore history 3.0.0 Added the `REPLACE` modifier.
        restore history 5.0.0 Added the `ABSTTL` modifier.
        restore history 5.0.0 Added the `IDLETIME` and `FREQ` options.
        restore arguments key:key #0 ttl:integer serialized-value:string replace:pure-token =REPLACE @3.0.0 ? absttl:pure-token =ABSTTL @5.0.0 ? seconds:integer =IDLETIME @5.0.0 ? frequency:integer =FREQ @5.0.0 ?
        rpop history 6.2.0 Added the `count` argument.
        rpop arguments key:key #0 count:integer @6.2.0 ?
        rpoplpush doc_flags deprecated
        rpoplpush deprecated_since 6.2.0
        rpoplpush replaced_by `LMOVE` with the `RIGHT` and `LEFT` arguments
        rpush history 2.4.0 Accepts multiple `element` arguments.
        rpushx history 4.0.0 Accepts multiple `element` arguments.
        sadd history 2.4.0 Accepts multiple `member` arguments.
        scan history 6.0.0 Added the `TYPE` subcommand.
        scan arguments cursor:integer pattern:pattern =MATCH ? count:integer =COUNT ? type:string =TYPE @6.0.0 ?
        set history 2.6.12 Added the `EX`, `PX`, `NX` and `XX` options.
        set history 6.0.0 Added the `KEEPTTL` option.
        set history 6.2.0 Added the `GET`, `EXAT` and `PXAT` option.
        set history 7.0.0 Allowed the `NX` and `GET` options to be used together.
        set arguments key:key #0 value:string condition:oneof @2.6.12 ? ( nx:pure-token =NX xx:pure-token =XX ) get:pure-token =GET @6.2.0 ? expiration:oneof ? ( seconds:integer =EX @2.6.12 milliseconds:integer =PX @2.6.12 unix-time-seconds:unix-time =EXAT @6.2.0 unix-time-milliseconds:unix-time =PXAT @6.2.0 keepttl:pure-token =KEEPTTL @6.0.0 )
        setbit arguments key:key #0 offset:integer value:integer
        shutdown history 7.0.0 Added the `NOW`, `FORCE` and `ABORT` modifiers.
        shutdown arguments nosave_save:oneof ? ( nosave:pure-token =NOSAVE save:pure-token =SAVE ) now:pure-token =NOW @7.0.0 ? force:pure-token =FORCE @7.0.0 ? abort:pure-token =ABORT @7.0.0 ?
        sintercard arguments numkeys:integer key:key #0 * limit:integer =LIMIT ?
        slaveof doc_flags deprecated
        slaveof deprecated_since 5.0.0
        slaveof replaced_by `REPLICAOF`
        slaveof arguments args:oneof ( host-port:block ( host:string port:integer ) no-one:block ( no:pure-token =NO one:pure-token =ONE ) )
        slowlog|get history 4.0.0 Added client IP address, port and name to the reply.
        sort arguments key:key #0 pattern:pattern #1 =BY ? offset_count:block =LIMIT ? ( offset:integer count:integer ) pattern:pattern #1 =GET ? * + order:oneof ? ( asc:pure-token =ASC desc:pure-token =DESC ) sorting:pure-token =ALPHA ? destination:key #2 =STORE ?
        sort_ro arguments key:key #0 pattern:pattern #1 =BY ? offset_count:block =LIMIT ? ( offset:integer count:integer ) pattern:pattern #1 =GET ? * + order:oneof ? ( asc:pure-token =ASC desc:pure-token =DESC ) sorting:pure-token =ALPHA ?
        spop history 3.2.0 Added the `count` argument.
        spop arguments key:key #0 count:integer @3.2.0 ?
        srandmember history 2.6.0 Added the optional `count` argument.
        srandmember arguments key:key #0 count:integer @2.6.0 ?
        srem history 2.4.0 Accepts multiple `member` arguments.
        substr doc_flags deprecated
        substr deprecated_since 2.0.0
        substr replaced_by `GETRANGE`
        ttl history 2.8.0 Added the -2 reply.
        zadd history 2.4.0 Accepts multiple elements.
        zadd history 3.0.2 Added the `XX`, `NX`, `CH` and `INCR` options.
        zadd history 6.2.0 Added the `GT` and `LT` options.
        zadd arguments key:key #0 condition:oneof @3.0.2 ? ( nx:pure-token =NX xx:pure-token =XX ) comparison:oneof @6.2.0 ? ( gt:pure-token =GT lt:pure-token =LT ) change:pure-token =CH @3.0.2 ? increment:pure-token =INCR @3.0.2 ? score_member:block * ( score:double member:string )
        zcount arguments key:key #0 min:double max:double
        zdiff arguments numkeys:integer key:key #0 * withscores:pure-token =WITHSCORES ?
        zdiffstore arguments destination:key #0 numkeys:integer key:key #1 *
        zinter arguments numkeys:integer key:key #0 * weight:integer =WEIGHTS ? * aggregate:oneof =AGGREGATE ? ( sum:pure-token =SUM min:pure-token =MIN max:pure-token =MAX ) withscores:pure-token =WITHSCORES ?
        zintercard arguments numkeys:integer key:key #0 * limit:integer =LIMIT ?
        zinterstore arguments destination:key #0 numkeys:integer key:key #1 * weight:integer =WEIGHTS ? * aggregate:oneof =AGGREGATE ? ( sum:pure-token =SUM min:pure-token =MIN max:pure-token =MAX )
        zmpop arguments numkeys:integer key:key #0 * where:oneof ( min:pure-token =MIN max:pure-token =MAX ) count:integer =COUNT ?
        zrandmember arguments key:key #0 options:block ? ( count:integer withscores:pure-token =WITHSCORES ? )
        zrange history 6.2.0 Added the `REV`, `BYSCORE`, `BYLEX` and `LIMIT` options.
        zrange arguments key:key #0 start:string stop:string sortby:oneof @6.2.0 ? ( byscore:pure-token =BYSCORE bylex:pure-token =BYLEX ) rev:pure-token =REV @6.2.0 ? offset_count:block =LIMIT @6.2.0 ? ( offset:integer count:integer ) withscores:pure-token =WITHSCORES ?
        zrangebylex doc_flags deprecated
        zrangebylex deprecated_since 6.2.0
        zrangebylex replaced_by `ZRANGE` with the `BYLEX` argument
        zrangebyscore doc_flags deprecated
        zrangebyscore deprecated_since 6.2.0
        zrangebyscore replaced_by `ZRANGE` with the `BYSCORE` argument
        zrangebyscore history 2.0.0 Added the `WITHSCORES` modifier.
        zrangebyscore arguments key:key #0 min:double max:double withscores:pure-token =WITHSCORES @2.0.0 ? offset_count:block =LIMIT ? ( offset:integer count:integer )
        zrangestore arguments dst:key #0 src:key #1 min:string max:string sortby:oneof ? ( byscore:pure-token =BYSCORE bylex:pure-token =BYLEX ) rev:pure-token =REV ? offset_count:block =LIMIT ? ( offset:integer count:integer )
        zrem history 2.4.0 Accepts multiple elements.
        zremrangebyscore arguments key:key #0 min:double max:double
        zrevrange doc_flags deprecated
        zrevrange deprecated_since 6.2.0
        zrevrange replaced_by `ZRANGE` with the `REV` argument
        zrevrangebylex doc_flags deprecated
        zrevrangebylex deprecated_since 6.2.0
        zrevrangebylex replaced_by `ZRANGE` with the `REV` and `BYLEX` arguments
        zrevrangebyscore doc_flags deprecated
        zrevrangebyscore deprecated_since 6.2.0
        zrevrangebyscore replaced_by `ZRANGE` with the `REV` and `BYSCORE` arguments
        zrevrangebyscore history 2.1.6 `min` and `max` can be exclusive.
        zrevrangebyscore arguments key:key #0 max:double min:double withscores:pure-token =WITHSCORES ? offset_count:block =LIMIT ? ( offset:integer count:integer )
        zunion arguments numkeys:integer key:key #0 * weight:integer =WEIGHTS ? * aggregate:oneof =AGGREGATE ? ( sum:pure-token =SUM min:pure-token =MIN max:pure-token =MAX ) withscores:pure-token =WITHSCORES ?
        zunionstore arguments destination:key #0 numkeys:integer key:key #1 * weight:integer =WEIGHTS ? * aggregate:oneof =AGGREGATE ? ( sum:pure-token =SUM min:pure-token =MIN max:pure-token =MAX )
        """;
}
