using RespKv.TestKit.Histories;

namespace RespKv.TestKit.Tests.Histories;

/// <summary>Histories that no correct server can produce are found, and those that one can are not.</summary>
public sealed class HistoryCheckerTests
{
    public static TheoryData<string, string> Good() => new()
    {
        { "nothing at all", "" },
        { "one after another", """
            A> SET k 1
            A< OK
            B> GET k
            B< "1"
            after k=1
            """ },
        { "a block changes the database for calls about other keys", """
            A> MULTI
            A< OK
            A> SELECT 1
            A< QUEUED
            A> GET x
            A< QUEUED
            A> EXEC
            A< [OK, nil]
            A> SET k 1
            A< OK
            B> GET k
            B< nil
            B> SELECT 1
            B< OK
            B> GET k
            B< "1"
            """ },
        { "a read beside a write sees the old value", """
            before k=0
            A> SET k 1
            B> GET k
            B< "0"
            A< OK
            after k=1
            """ },
        { "reads beside a write see it in their order", """
            A> SET k 1
            B> GET k
            B< nil
            C> GET k
            C< "1"
            A< OK
            """ },
        { "two writes at the same time, the end says which came last", """
            A> SET k 1
            B> SET k 2
            A< OK
            B< OK
            after k=1
            """ },
        { "an unanswered write that never happened", """
            A> SET k 1
            B> GET k
            B< nil
            after
            """ },
        { "an unanswered write that happened late", """
            A> SET k 1
            B> GET k
            B< nil
            C> GET k
            C< "1"
            after k=1
            """ },
        { "an unanswered write that a later write covers", """
            A> INCR k
            B> SET k 7
            B< OK
            after k=7
            """ },
        { "a counter that several increment", """
            A> INCR k
            B> INCR k
            C> INCR k
            B< 2
            C< 1
            A< 3
            after k=3
            """ },
        { "a block is seen whole", """
            A> MULTI
            A< OK
            B> MGET k j
            A> SET k 1
            A< QUEUED
            A> SET j 1
            A< QUEUED
            A> EXEC
            B< ["1", "1"]
            A< [OK, OK]
            after k=1 j=1
            """ },
        { "a block that was not ended does nothing", """
            A> MULTI
            A< OK
            A> SET k 1
            A< QUEUED
            after
            """ },
        { "an unanswered block that happened", """
            A> MULTI
            A> SET k 1
            A> SET j 1
            A> EXEC
            A< OK
            after k=1 j=1
            """ },
        { "a watched key that another changed", """
            A> WATCH k
            A< OK
            B> SET k 2
            A> MULTI
            A< OK
            A> SET k 1
            A< QUEUED
            A> EXEC
            A< nil
            B< OK
            after k=2
            """ },
        { "a pipeline whose answers come late", """
            A> SET k 1
            A> SET j 1
            A> GET k
            B> GET j
            B< "1"
            A< OK
            A< OK
            A< "1"
            B> GET k
            B< "1"
            after k=1 j=1
            """ },
        { "the beginning of an unanswered pipeline", """
            A> SET k 1
            A> SET j 1
            A> SET i 1
            A< OK
            after k=1 j=1
            """ },
        { "a refused write did nothing", """
            A> SET k 1
            A! ERR no room
            B> GET k
            B< nil
            after
            """ },
        { "a refused command takes the block with it", """
            A> MULTI
            A< OK
            A> SET k 1
            A! ERR no room
            A> SET j 1
            A< QUEUED
            A> EXEC
            A! ERR discarded
            after
            """ },
        { "a command that would do nothing at first does something later", """
            A> FLUSHDB
            B> SET k 1
            B< OK
            C> GET k
            C< nil
            A< OK
            after
            """ },
        { "a block that selects a database that is not there", """
            before k=1
            A> MULTI
            A< OK
            A> SELECT 99
            A< QUEUED
            A> GET k
            A< QUEUED
            A> EXEC
            A< [ERR DB index is out of range, "1"]
            A> SET k 2
            A< OK
            B> GET k
            B< "2"
            after k=2
            """ },
        { "databases are apart", """
            A> SELECT 1
            A< OK
            A> SET k 1
            A< OK
            B> GET k
            B< nil
            A> MOVE k 0
            A< 1
            B> GET k
            B< "1"
            after k=1
            """ },
        { "commands about everything", """
            before k=1
            A> FLUSHALL
            B> DBSIZE
            B< 1
            C> KEYS *
            C< []
            A< OK
            after
            """ },
    };

    public static TheoryData<string, string, string> Bad() => new()
    {
        { "an acknowledged write is lost", """
            A> SET k 1
            A< OK
            after
            """, "0/k should be \"1 expires -1\" and is not there" },
        { "an acknowledged write is lost behind another key's", """
            A> SET k 1
            A< OK
            A> SET j 1
            A< OK
            after j=1
            """, "0/k should be" },
        { "an acknowledged deletion is lost", """
            before k=1
            A> DEL k
            A< 1
            after k=1
            """, "0/k should be not there and is \"1 expires -1\"" },
        { "what was shown is gone: the unanswered write's value", """
            A> SET k 1
            B> GET k
            B< "1"
            after
            """, "0/k should be \"1" },
        { "what was shown is gone: the absence after an unanswered deletion", """
            before k=1
            A> DEL k
            B> GET k
            B< nil
            after k=1
            """, "0/k should be not there" },
        { "a stale read", """
            before k=0
            A> SET k 1
            A< OK
            B> GET k
            B< "0"
            """, "client 1 #1: GET k -> \"0\"   does not fit: should be \"1\"" },
        { "a value comes and goes", """
            before k=0
            A> SET k 1
            B> GET k
            B< "1"
            B> GET k
            B< "0"
            A< OK
            """, "client 1 #2: GET k -> \"0\"" },
        { "half an MSET is seen", """
            A> MSET k 1 j 1
            B> MGET k j
            B< ["1", nil]
            A< OK
            """, "MGET k j" },
        { "half an MSET is seen by two reads", """
            A> MSET k 1 j 1
            B> GET k
            B< "1"
            B> GET j
            B< nil
            A< OK
            """, "GET j -> nil" },
        { "half an unanswered MSET is there in the end", """
            A> MSET k 1 j 1
            after k=1
            """, "in the end" },
        { "half a block is seen", """
            A> MULTI
            A< OK
            A> SET k 1
            A< QUEUED
            A> SET j 1
            A< QUEUED
            A> EXEC
            B> GET k
            B< "1"
            B> GET j
            B< nil
            A< [OK, OK]
            """, "GET j -> nil" },
        { "half a block is there in the end", """
            A> MULTI
            A< OK
            A> SET k 1
            A< QUEUED
            A> SET j 1
            A< QUEUED
            A> EXEC
            after j=1
            """, "in the end" },
        { "something comes between the commands of a block", """
            A> MULTI
            A< OK
            A> SET k 1
            A< QUEUED
            A> GET k
            A< QUEUED
            B> SET k 2
            A> EXEC
            A< [OK, "2"]
            B< OK
            """, "EXEC -> [OK, \"2\"]" },
        { "a block takes effect before EXEC", """
            A> MULTI
            A< OK
            A> SET k 1
            A< QUEUED
            B> GET k
            B< "1"
            """, "GET k -> \"1\"" },
        { "a block goes ahead although a watched key changed", """
            A> WATCH k
            A< OK
            B> SET k 2
            B< OK
            A> MULTI
            A< OK
            A> SET k 1
            A< QUEUED
            A> EXEC
            A< [OK]
            """, "EXEC -> [OK]" },
        { "order within a pipeline is broken on one key", """
            A> SET k 1
            A> SET k 2
            A< OK
            A< OK
            after k=1
            """, "0/k should be \"2" },
        { "order within a pipeline is broken across keys", """
            A> SET k 1
            A> SET j 1
            B> MGET j
            B< ["1"]
            B> MGET k
            B< [nil]
            A< OK
            A< OK
            after k=1 j=1
            """, "MGET k" },
        { "the end of an unanswered pipeline without its beginning", """
            A> SET k 1
            A> SET j 1
            after j=1
            """, "in the end" },
        { "an unanswered write takes effect twice", """
            A> INCR k
            B> GET k
            B< "1"
            B> GET k
            B< "2"
            """, "GET k -> \"2\"" },
        { "an unanswered write comes back after another", """
            A> SET k 1
            B> GET k
            B< "1"
            B> SET k 2
            B< OK
            after k=1
            """, "0/k should be \"2" },
        { "a write takes effect before it was sent", """
            A> GET k
            A< "1"
            B> SET k 1
            B< OK
            """, "GET k -> \"1\"" },
        { "a value from nowhere", """
            A> GET k
            A< "9"
            """, "does not fit: should be nil" },
        { "a key from nowhere in the end", """
            A> SET k 1
            A< OK
            after k=1 stranger=1
            """, "No call was about 0/stranger" },
        { "a key that nobody touched is gone", """
            before j=1
            A> SET k 1
            A< OK
            after k=1
            """, "No call was about 0/j" },
        { "a refused write took effect", """
            A> SET k 1
            A! ERR no room
            after k=1
            """, "0/k should be not there" },
        { "two increments get the same number", """
            A> INCR k
            B> INCR k
            A< 1
            B< 1
            """, "does not fit: should be 2" },
        { "a key is in the wrong database", """
            A> SELECT 1
            A< OK
            A> SET k 1
            A< OK
            after k=1
            """, "0/k" },
        { "a count that never was", """
            before k=1 j=1
            A> DEL k j
            B> DBSIZE
            B< 1
            A< 2
            """, "DBSIZE -> 1" },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void A_history_that_a_server_can_produce_is_explained(string name, string script)
    {
        HistoryVerdict verdict = HistoryScript.Check(script);

        Assert.True(verdict.IsLinearizable, $"{name}:\n{verdict.Explanation}");
        Assert.Empty(verdict.Explanation);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_history_that_no_server_can_produce_is_not(string name, string script, string explanation)
    {
        HistoryVerdict verdict = HistoryScript.Check(script);

        Assert.False(verdict.IsLinearizable, name);
        Assert.False(verdict.GaveUp);
        Assert.Contains(explanation, verdict.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_that_takes_too_long_is_given_up()
    {
        HistoryVerdict verdict = HistoryScript.Check("""
            A> SET k 1
            B> SET k 2
            C> GET k
            A< OK
            B< OK
            C< "3"
            """, budgetStates: 2);

        Assert.False(verdict.IsLinearizable);
        Assert.True(verdict.GaveUp);
        Assert.Contains("2 states", verdict.Explanation, StringComparison.Ordinal);
    }
}
