using RespKv.Engine.Space;
using RespKv.Protocol;
using RespKv.Storage.Checkpoints;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;
using RespKv.TestKit.Server;

namespace RespKv.Engine.Tests.Space;

/// <summary>An engine with the smallest segments on a simulated disk that has room for so many of them, and what was acknowledged to its clients.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    public const int SegmentBytes = 64 << 10;

    /// <summary>No checkpoint makes room behind a test's back.</summary>
    private static readonly (string Name, string Value)[] Settings =
        [("wal-segment-size", "64kb"), ("checkpoint-log-bytes", "0"), ("checkpoint-interval", "0")];

    private const string ReservePath = "/data/" + CheckpointReserve.FileName;

    private readonly SortedDictionary<string, string> _acknowledged = new(StringComparer.Ordinal);

    private SmallDisk(SimulatedFileSystem files, EngineHost host)
    {
        Files = files;
        Host = host;
        Client = host.Connect();
    }

    public SimulatedFileSystem Files { get; }

    public EngineHost Host { get; private set; }

    public TestClient Client { get; private set; }

    public DiskSpace Space => Host.Engine.Commit.Space;

    /// <summary>What the keys hold by all that was acknowledged.</summary>
    public IReadOnlyDictionary<string, string> Acknowledged => _acknowledged;

    public static Task<SmallDisk> OpenAsync(double segments, params (string Name, string Value)[] settings) => OpenAsync(segments, time: null, settings);

    public static async Task<SmallDisk> OpenAsync(double segments, TimeProvider? time, params (string Name, string Value)[] settings)
    {
        var files = new SimulatedFileSystem();
        EngineHost host = await EngineHost.OpenAsync(files, time, [.. Settings, .. settings]);

        // The room for a checkpoint step is claimed in the background: before the disk gets its size, so that it is the same each time.
        await Poll.UntilAsync("the reserve is claimed", () => files.FileExists(ReservePath) && files.ReadFile(ReservePath).Length == SegmentBytes);
        var disk = new SmallDisk(files, host);
        disk.SetRoom(segments);
        return disk;
    }

    /// <summary>An engine on what this disk holds, with all the room it wants.</summary>
    public static Task<EngineHost> ReopenAsync(SimulatedFileSystem files) => EngineHost.OpenAsync(files, time: null, Settings);

    /// <summary>The disk's size in segments, beside the room for a checkpoint step; the rest of the files are small.</summary>
    public void SetRoom(double segments) => Files.CapacityBytes = (long)((segments + 1) * SegmentBytes);

    /// <summary>From now on the disk has room for so many segments more.</summary>
    public void LeaveRoom(int segments) => Files.CapacityBytes += (segments * SegmentBytes) - Files.FreeBytes("/data");

    /// <summary>Sets a key, and remembers it when that was acknowledged.</summary>
    public RespValue Set(string key, string value)
    {
        RespValue reply = Client.Call("SET", key, value);
        if (reply.Text == "OK")
        {
            _acknowledged[key] = value;
        }

        return reply;
    }

    /// <summary>Deletes a key, and remembers it when that was acknowledged.</summary>
    public RespValue Delete(string key)
    {
        RespValue reply = Client.Call("DEL", key);
        if (!reply.IsError)
        {
            _acknowledged.Remove(key);
        }

        return reply;
    }

    /// <summary>Sets keys until that is refused. Returns the error.</summary>
    public string FillUp(string prefix = "key", int valueBytes = 1000)
    {
        for (int i = 0; ; i++)
        {
            RespValue reply = Set($"{prefix}:{i}", new string((char)('a' + (i % 26)), valueBytes));
            if (reply.IsError)
            {
                return reply.Text;
            }
        }
    }

    /// <summary>Deletes keys until that is refused too. Returns the error.</summary>
    public string UseUpReserve()
    {
        foreach (string key in _acknowledged.Keys.ToList())
        {
            RespValue reply = Delete(key);
            if (reply.IsError)
            {
                return reply.Text;
            }
        }

        throw new InvalidOperationException("All keys could be deleted.");
    }

    /// <summary>Until the state is this one, which the log finds out in the background.</summary>
    public Task ReachAsync(DiskSpaceState state) => Poll.UntilAsync($"the disk space is {state}", () => Space.State == state);

    /// <summary>Holds exactly what was acknowledged.</summary>
    public void AssertAcknowledged(EngineHost host)
    {
        using TestClient reader = host.Connect();
        foreach ((string key, string value) in _acknowledged)
        {
            Assert.Equal(value, reader.Call("GET", key).Text);
        }

        Assert.Equal(_acknowledged.Count, reader.Run("DBSIZE").Integer);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
    }
}
