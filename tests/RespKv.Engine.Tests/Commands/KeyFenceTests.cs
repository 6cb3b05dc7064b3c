using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Commands;

/// <summary>D1 where a command changes nothing, but its reply tells what somebody else's write, not yet durable, has done.</summary>
public sealed class KeyFenceTests
{
    public static TheoryData<string, string> Observers() => new()
    {
        { "DEL k", "DEL k" },
        { "DEL k", "UNLINK k" },
        { "DEL k", "EXISTS k" },
        { "DEL k", "TOUCH k" },
        { "DEL k", "TYPE k" },
        { "DEL k", "TTL k" },
        { "DEL k", "GETDEL k" },
        { "DEL k", "GETEX k" },
        { "DEL k", "SET k v XX" },
        { "DEL k", "EXPIRE k 10" },
        { "DEL k", "PERSIST k" },
        { "DEL k", "RENAME k x" },
        { "DEL k", "COPY k x" },
        { "DEL k", "MOVE k 1" },
        { "DEL k", "MGET other k" },
        { "DEL k", "LCS other k" },
        { "DEL k", "STRLEN k" },
        { "DEL k", "OBJECT ENCODING k" },
        { "DEL k", "MEMORY USAGE k" },
        { "EXPIRE k -1", "GET k" },
        { "SET k v PXAT 1", "GET k" },
        { "RENAME k x", "EXISTS k" },
        { "MOVE k 1", "EXISTS k" },
        { "FLUSHDB", "FLUSHDB" },
        { "FLUSHDB", "FLUSHALL" },
        { "FLUSHALL", "GET k" },
        { "SWAPDB 0 1", "GET k" },
        { "SET k 2", "SETNX k v" },
        { "SET k 2", "SET k v NX" },
        { "SET k 2", "MSETNX other v k v" },
        { "SET k 2", "RENAMENX seven k" },
        { "SET k 2", "COPY seven k" },
        { "APPEND k abc", "INCR k" },
        { "APPEND k abc", "SETRANGE k 0 " },
        { "EXPIRE k 100", "PERSIST k" },
        { "EXPIRE k 100", "TTL k" },
        { "SET k 2", "KEYS zz*" },
        { "SET k 2", "SCAN 0" },
        { "SET k 2", "DBSIZE" },
        { "SET k 2", "RANDOMKEY" },
        { "DEL k", "HGET k f" },
        { "DEL k", "HDEL k f" },
        { "DEL k", "SMEMBERS k" },
        { "DEL k", "SREM k m" },
        { "DEL k", "SMOVE k other m" },
        { "DEL k", "SINTER k other" },
        { "DEL k", "SINTERCARD 2 other k" },
        { "DEL k", "SORT k" },
        { "DEL k", "SPOP k" },
    };

    [Theory]
    [MemberData(nameof(Observers))]
    public async Task A_reply_that_tells_of_a_write_waits_for_it(string write, string observer)
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, new KeyScriptClock());
        using TestClient writer = host.Connect();
        using TestClient reader = host.Connect();
        using TestClient stranger = host.Connect();
        writer.Run("MSET k 1 seven 7");
        files.HoldSyncs();

        writer.Send(write.Split(' '));
        reader.Send(observer.Split(' '));
        stranger.Send("STRLEN", "elsewhere");

        // The stranger's look-up was executed last and is answered, unless a flush or a swap touched every key.
        bool touchesAll = write.StartsWith("FLUSH", StringComparison.Ordinal) || write.StartsWith("SWAP", StringComparison.Ordinal);
        Assert.Equal(!touchesAll, stranger.TryRead(out _));
        Assert.False(writer.TryRead(out _));
        Assert.False(reader.TryRead(out _));
        files.ReleaseSyncs();
        await writer.ReadAsync();
        await reader.ReadAsync();
    }

    [Theory]
    [InlineData("SORT numbers BY weight_*")]
    [InlineData("SORT_RO numbers GET weight_*")]
    [InlineData("SORT numbers BY nosort GET hash_*->field")]
    public async Task A_sort_that_looks_up_other_keys_waits_for_the_writes_to_them(string sort)
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, new KeyScriptClock());
        using TestClient writer = host.Connect();
        using TestClient reader = host.Connect();
        using TestClient stranger = host.Connect();
        writer.Run("SADD numbers 1");
        files.HoldSyncs();

        writer.Send("SET", "weight_1", "5");
        writer.Send("HSET", "hash_1", "field", "5");
        reader.Send(sort.Split(' '));
        stranger.Send("SORT", "numbers");

        Assert.True(stranger.TryRead(out _));
        Assert.False(reader.TryRead(out _));
        files.ReleaseSyncs();
        await reader.ReadAsync();
    }
}
