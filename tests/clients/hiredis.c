/* hiredis against a server: `hiredis PORT`, compiled with -lhiredis. Exit code 1 and the first mismatch when something is not as it should be. */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static redisContext *context;

static void fail(const char *what, const char *got)
{
    fprintf(stderr, "%s: got %s\n", what, got);
    exit(1);
}

/* The reply as one line: strings as they are, integers with a colon in front, arrays in brackets. */
static void append(char *line, size_t size, const redisReply *reply)
{
    size_t length = strlen(line);
    switch (reply->type)
    {
        case REDIS_REPLY_INTEGER:
            snprintf(line + length, size - length, ":%lld", reply->integer);
            break;
        case REDIS_REPLY_NIL:
            snprintf(line + length, size - length, "nil");
            break;
        case REDIS_REPLY_ARRAY:
            strncat(line, "[", size - length - 1);
            for (size_t i = 0; i < reply->elements; i++)
            {
                strncat(line, i == 0 ? "" : " ", size - strlen(line) - 1);
                append(line, size, reply->element[i]);
            }
            strncat(line, "]", size - strlen(line) - 1);
            break;
        default:
            snprintf(line + length, size - length, "%.*s", (int)reply->len, reply->str);
            break;
    }
}

static void check(const char *what, redisReply *reply, const char *expected)
{
    char line[4096] = "";
    if (reply == NULL)
    {
        fail(what, context->errstr);
    }
    append(line, sizeof line, reply);
    freeReplyObject(reply);
    if (strcmp(line, expected) != 0)
    {
        fail(what, line);
    }
}

static void same(const char *command, const char *expected)
{
    check(command, redisCommand(context, command), expected);
}

static void values_with_any_bytes(void)
{
    char bytes[256];
    for (int i = 0; i < 256; i++)
    {
        bytes[i] = (char)i;
    }
    check("HSET of bytes", redisCommand(context, "HSET binary %b %b", bytes, sizeof bytes, bytes, sizeof bytes), ":1");
    redisReply *reply = redisCommand(context, "HGET binary %b", bytes, sizeof bytes);
    if (reply == NULL || reply->len != sizeof bytes || memcmp(reply->str, bytes, sizeof bytes) != 0)
    {
        fail("HGET of bytes", "other bytes");
    }
    freeReplyObject(reply);
}

static void pipeline(void)
{
    enum { COMMANDS = 5000 };
    for (int i = 0; i < COMMANDS; i++)
    {
        redisAppendCommand(context, "HINCRBY counters field:%d %d", i % 1000, i);
    }
    for (int i = 0; i < COMMANDS; i++)
    {
        redisReply *reply;
        if (redisGetReply(context, (void **)&reply) != REDIS_OK || reply->type != REDIS_REPLY_INTEGER)
        {
            fail("a reply of the pipeline", context->errstr);
        }
        freeReplyObject(reply);
    }
    same("HLEN counters", ":1000");
    same("HGET counters field:7", "10035");
}

int main(int count, char **arguments)
{
    struct timeval timeout = {30, 0};
    context = redisConnectWithTimeout("127.0.0.1", count > 1 ? atoi(arguments[1]) : 6380, timeout);
    if (context == NULL || context->err)
    {
        fail("connect", context ? context->errstr : "nothing");
    }
    redisSetTimeout(context, timeout);
    same("FLUSHALL", "OK");
    same("SET name value", "OK");
    same("GET name", "value");
    same("GET missing", "nil");
    same("INCR name", "ERR value is not an integer or out of range");
    same("HSET hash a 1 b 2", ":2");
    same("HGETALL hash", "[a 1 b 2]");
    same("RPUSH list x y z", ":3");
    same("LRANGE list 0 -1", "[x y z]");
    same("SADD set 3 1 2 3", ":3");
    same("SMEMBERS set", "[1 2 3]");
    same("ZADD ranks 2 two 1 one", ":2");
    same("ZRANGE ranks 0 -1 WITHSCORES", "[one 1 two 2]");
    same("SORT list ALPHA DESC", "[z y x]");
    same("SADD hash x", "WRONGTYPE Operation against a key holding the wrong kind of value");
    same("MULTI", "OK");
    same("HSET hash c 3", "QUEUED");
    same("SPOP set 3", "QUEUED");
    same("EXEC", "[:1 [1 2 3]]");
    same("EXISTS set", ":0");
    values_with_any_bytes();
    pipeline();
    redisFree(context);
    printf("hiredis %d.%d.%d: as expected\n", HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH);
    return 0;
}
