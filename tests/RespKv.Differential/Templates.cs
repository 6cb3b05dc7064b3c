namespace RespKv.Differential;

/// <summary>
/// The commands, by family. <c>(a|b c|)</c> is one of them, <c>[...]</c> one to three times that; words in braces are made up:
/// <c>{s} {h} {l} {t} {z} {g} {b} {p}</c> keys of strings, hashes, lists, sets, sorted sets, places, bitmaps, HyperLogLogs, <c>{k}</c> any key,
/// <c>{#z}</c> a number of keys and the keys; <c>{f}</c> a field or member, <c>{v}</c> a value, <c>{n}</c> an integer, <c>{i}</c> an index, <c>{c}</c> a small count, <c>{d}</c> a
/// score, <c>{lon} {lat}</c> a place, <c>{min} {max}</c> ends of a range of scores, <c>{lmin} {lmax}</c> of members, <c>{far}</c> a time to come,
/// <c>{o}</c> the offset of a bit, <c>{type}</c> of a bit field, <c>{pat}</c> a pattern.
/// </summary>
internal static class Templates
{
    public static readonly IReadOnlyDictionary<string, string[]> Families = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["string"] =
        [
            "SET {s} {v}", "SET {s} {v} (NX|XX|GET|KEEPTTL|NX GET|EXAT {far}|EX 1000 XX|PX (0|-5|abc|100000000)|EX 1000 KEEPTTL)", "GET {s}", "GETSET {s} {v}", "GETDEL {s}",
            "GETEX {s} (|PERSIST|EXAT {far}|EX (0|-5|abc|1000)|PERSIST EX 5)", "SETNX {s} {v}", "SETEX {s} (1000|0|-5|abc) {v}", "PSETEX {s} (1000000|0|-5|abc) {v}", "MSET [{s} {v}]", "MSETNX [{s} {v}]",
            "MGET [{k}]", "APPEND {s} {v}", "STRLEN {s}", "GETRANGE {s} {i} {i}", "SUBSTR {s} {i} {i}", "SETRANGE {s} {i} {v}", "INCR {s}", "DECR {s}", "INCRBY {s} {n}", "DECRBY {s} {n}",
            "INCRBYFLOAT {s} {d}", "SET {s} {n}", "LCS {s} {s} (|LEN|IDX|IDX WITHMATCHLEN|IDX MINMATCHLEN {i}|LEN IDX)",
        ],
        ["key"] =
        [
            "DEL [{k}]", "UNLINK [{k}]", "EXISTS [{k}]", "TYPE {k}", "TOUCH [{k}]", "KEYS {pat}", "RENAME {k} {k}", "RENAMENX {k} {k}", "COPY {k} {k} (|REPLACE|DB 1|DB {i} REPLACE|DB)",
            "MOVE {k} ({i}|1)", "DBSIZE", "SELECT (0|0|1|{n})", "SWAPDB (0|1|{i}) (0|1|{i})", "RANDOMKEY", "OBJECT ENCODING {k}", "OBJECT REFCOUNT {l}", "OBJECT (HELP|NONSENSE)", "OBJECT ENCODING",
            "EXPIREAT {k} {far} (|NX|XX|GT|LT|NX XX|GT LT)", "PEXPIREAT {k} {far}000 (|NX|XX|GT|LT)", "EXPIRE {k} (100000|0|abc|-1) (|NX|XX|GT|LT|{f})", "PEXPIRE {k} (100000000|0|abc)", "PERSIST {k}", "TTL {k}",
            "PTTL {k}", "EXPIRETIME {k}", "PEXPIRETIME {k}", "DEBUG DIGEST-VALUE {k} {k}", "SORT {l} (ALPHA|) (ASC|DESC|)", "SORT {t} ALPHA (ASC|DESC|)", "SORT {k} BY (nosort|w_*|{h}->{f}) (GET #|GET x*|GET {h}->*|)",
            "SORT {l} ALPHA LIMIT {i} {i}", "SORT {k} ALPHA STORE {l}", "SORT_RO {l} ALPHA", "SORT {z} BY nosort DESC", "RESTORE {k} (0|abc|-5) {v} (|REPLACE|ABSTTL|IDLETIME {i}|FREQ {i}|{f})",
        ],
        ["hash"] =
        [
            "HSET {h} [{f} {v}]", "HMSET {h} [{f} {v}]", "HSETNX {h} {f} {v}", "HGET {h} {f}", "HMGET {h} [{f}]", "HGETALL {h}", "HKEYS {h}", "HVALS {h}", "HLEN {h}", "HDEL {h} [{f}]", "HEXISTS {h} {f}",
            "HSTRLEN {h} {f}", "HINCRBY {h} {f} {n}", "HINCRBYFLOAT {h} {f} {d}", "HRANDFIELD {h}", "HRANDFIELD {h} {c} (|WITHVALUES|{f})", "HSCAN {h} (0|{n}) (|COUNT 1000|MATCH {pat}|COUNT {i}|NOVALUES)", "HSET {h} {f}", "HSET {h} {f} {n}",
        ],
        ["list"] =
        [
            "LPUSH {l} [{v}]", "RPUSH {l} [{v}]", "LPUSHX {l} [{v}]", "RPUSHX {l} [{v}]", "LPOP {l} (|{i})", "RPOP {l} (|{i})", "LLEN {l}", "LRANGE {l} {i} {i}", "LRANGE {l} 0 -1", "LINDEX {l} {i}", "LSET {l} {i} {v}",
            "LINSERT {l} (BEFORE|AFTER|{f}) {v} {v}", "LREM {l} {i} {v}", "LTRIM {l} {i} {i}", "LPOS {l} {v} (|RANK {i}|COUNT {i}|RANK {i} COUNT {i} MAXLEN {i}|MAXLEN {i}|RANK)", "LMOVE {l} {l} (LEFT|RIGHT|{f}) (LEFT|RIGHT)",
            "RPOPLPUSH {l} {l}", "LMPOP {#l} (LEFT|RIGHT|{f}) (|COUNT {i}|COUNT)", "BLPOP {l} {l} 0.01", "BRPOP {l} (0.01|-1|x)", "LMOVE {l} {l} LEFT RIGHT", "BLMPOP 0.01 {#l} LEFT",
        ],
        ["set"] =
        [
            "SADD {t} [{f}]", "SADD {t} [{n}]", "SREM {t} [{f}]", "SREM {t} {n}", "SMEMBERS {t}", "SISMEMBER {t} {f}", "SMISMEMBER {t} [{f}]", "SCARD {t}", "SMOVE {t} {t} {f}", "SPOP {t} 1000", "SPOP {t} (-1|0|abc)", "SRANDMEMBER {t}",
            "SRANDMEMBER {t} {c}", "SINTER [{t}]", "SUNION [{t}]", "SDIFF [{t}]", "SINTERSTORE {t} [{t}]", "SUNIONSTORE {t} [{t}]", "SDIFFSTORE {t} [{t}]", "SINTERCARD {#t} (|LIMIT {i}|LIMIT)", "SSCAN {t} (0|{n}) (|COUNT 1000|MATCH {pat}|COUNT {i})",
        ],
        ["zset"] =
        [
            "ZADD {z} [{d} {f}]", "ZADD {z} (NX|XX|GT|LT|CH|NX CH|XX CH|GT CH|LT XX|INCR|NX INCR|NX GT|NX XX) {d} {f}", "ZADD {z} (CH|XX CH|GT CH) [{d} {f}]", "ZINCRBY {z} {d} {f}", "ZREM {z} [{f}]", "ZCARD {z}", "ZSCORE {z} {f}", "ZMSCORE {z} [{f}]",
            "ZRANK {z} {f}", "ZREVRANK {z} {f}", "ZRANGE {z} {i} {i} (|WITHSCORES|REV|REV WITHSCORES|LIMIT 0 1)", "ZRANGE {z} {min} {max} BYSCORE (|WITHSCORES|REV|LIMIT {i} {i}|LIMIT {i} {i} WITHSCORES)", "ZRANGE {z} {lmin} {lmax} BYLEX (|REV|LIMIT {i} {i}|WITHSCORES)",
            "ZREVRANGE {z} {i} {i} (|WITHSCORES)", "ZRANGEBYSCORE {z} {min} {max} (|WITHSCORES|LIMIT {i} {i}|WITHSCORES LIMIT {i} {i})", "ZREVRANGEBYSCORE {z} {max} {min} (|WITHSCORES|LIMIT {i} {i})", "ZRANGEBYLEX {z} {lmin} {lmax} (|LIMIT {i} {i})",
            "ZREVRANGEBYLEX {z} {lmax} {lmin} (|LIMIT {i} {i})", "ZCOUNT {z} {min} {max}", "ZLEXCOUNT {z} {lmin} {lmax}", "ZREMRANGEBYRANK {z} {i} {i}", "ZREMRANGEBYSCORE {z} {min} {max}", "ZREMRANGEBYLEX {z} {lmin} {lmax}",
            "ZPOPMIN {z} (|{i})", "ZPOPMAX {z} (|{i})", "ZMPOP {#z} (MIN|MAX|{f}) (|COUNT {i})", "BZPOPMIN {z} {z} 0.01", "BZPOPMAX {z} 0.01", "BZMPOP 0.01 {#z} MIN (|COUNT {i})", "ZRANDMEMBER {z}", "ZRANDMEMBER {z} {c} (|WITHSCORES)",
            "ZUNION {#z} (|WITHSCORES|WEIGHTS {d}|WEIGHTS {d} {d}|AGGREGATE (MIN|MAX|SUM|{f}) WITHSCORES)", "ZINTER {#z} (|WITHSCORES|AGGREGATE MAX)", "ZDIFF {#z} (|WITHSCORES|WEIGHTS 1)", "ZUNIONSTORE {z} {#z} (|WEIGHTS {d}|WEIGHTS {d} {d}|AGGREGATE (MIN|MAX|SUM))",
            "ZINTERSTORE {z} {#z} (|WEIGHTS {d} {d}|AGGREGATE MIN)", "ZDIFFSTORE {z} {#z}", "ZINTERCARD {#z} (|LIMIT {i})", "ZRANGESTORE {z} {z} {i} {i} (|REV|BYSCORE|LIMIT 0 1)", "ZRANGESTORE {z} {z} {min} {max} BYSCORE (|LIMIT {i} {i})", "ZUNION 2 {t} {z} WITHSCORES",
            "ZSCAN {z} (0|{n}) (|COUNT 1000|MATCH {pat})",
        ],
        ["geo"] =
        [
            "GEOADD {g} (|NX|XX|CH|NX XX) [{lon} {lat} {f}]", "GEOPOS {g} [{f}]", "GEODIST {g} {f} {f} (|m|km|ft|mi|x)", "GEOHASH {g} [{f}]", "GEOSEARCH {g} (FROMMEMBER {f}|FROMLONLAT {lon} {lat}) (BYRADIUS {i}00 km|BYBOX {i}00 {i}00 km|BYRADIUS {d} m) (ASC|DESC) (|WITHCOORD|WITHDIST|WITHHASH|WITHCOORD WITHDIST|COUNT {i})",
            "GEOSEARCHSTORE {g} {g} FROMLONLAT {lon} {lat} BYRADIUS {i}000 km ASC (|STOREDIST|COUNT {i})", "GEORADIUS {g} {lon} {lat} {i}00 km ASC (|WITHDIST|WITHCOORD|WITHHASH|COUNT {i}|STORE {g}|STOREDIST {z})",
            "GEORADIUSBYMEMBER {g} {f} {i}00 km DESC (|WITHDIST)", "GEORADIUS_RO {g} {lon} {lat} {d} mi ASC", "ZCARD {g}", "ZRANGE {g} 0 -1 WITHSCORES", "GEOSEARCH {g} (FROMMEMBER {f}|) (BYRADIUS 1 m|)",
        ],
        ["bitmap"] =
        [
            "SETBIT {b} {o} (0|1|1|{n})", "GETBIT {b} {o}", "BITCOUNT {b}", "BITCOUNT {b} {i} {i} (|BYTE|BIT|{f})", "BITCOUNT {b} {i}", "BITPOS {b} (0|1|{i})", "BITPOS {b} (0|1) {i} (|{i} (|BYTE|BIT|{f}))", "BITOP (AND|OR|XOR) {b} [{b}]", "BITOP NOT {b} {b}", "BITOP {f} {b} {b}",
            "BITFIELD {b} [(GET {type} {o}|SET {type} {o} {n}|INCRBY {type} {o} {n}|OVERFLOW (WRAP|SAT|FAIL|{f}) INCRBY {type} {o} {n})]", "BITFIELD_RO {b} [GET {type} {o}]", "BITFIELD_RO {b} SET u8 0 1", "SET {b} {v}", "GET {b}",
        ],
        ["hyperloglog"] = ["PFADD {p} [{v}]", "PFADD {p}", "PFADD {p} [{n}]", "PFCOUNT {p}", "PFCOUNT [{p}]", "PFMERGE {p} [{p}]", "PFMERGE {p}", "GET {p}", "STRLEN {p}", "PFDEBUG ENCODING {p}", "PFDEBUG DECODE {p}", "PFDEBUG TODENSE {p}"],
        ["transaction"] = ["MULTI", "EXEC", "EXEC", "DISCARD", "WATCH {k}", "UNWATCH", "SET {s} {v}", "INCR {s}", "LPUSH {l} {v}", "NONSENSE {f}", "GET"],
        ["connection"] =
        [
            "PING", "PING {v}", "ECHO {v}", "ECHO", "CLIENT SETNAME {f}", "CLIENT GETNAME", "CLIENT (NONSENSE|NO-EVICT x|REPLY x)", "COMMAND GETKEYS SET {k} {v}", "COMMAND GETKEYS ZUNIONSTORE {z} {#z}", "COMMAND COUNT x", "PUBLISH {f} {v}", "PUBSUB NUMSUB {f}", "PUBSUB CHANNELS",
            "CONFIG GET (maxmemory-samples|hz x|hash-max-listpack-*)", "CONFIG SET nonsense {v}", "LOLWUT VERSION x", "OBJECT FREQ {k}", "NONSENSE {v} {v}", "DEBUG NONSENSE", "AUTH {v}", "AUTH {f} {v}", "WAIT 0 0", "SLOWLOG NONSENSE", "MEMORY NONSENSE", "XNONSENSE",
        ],
    };
}
