using RespKv.Engine.Space;
using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Space;

/// <summary>D11 for records that no ordinary segment takes: values far larger than one, and copies, whose size the arguments do not tell.</summary>
public sealed class LargeRecordTests
{
    private const int LargeBytes = 5 * SmallDisk.SegmentBytes;

    private static readonly string Large = new('L', LargeBytes);

    [Fact]
    public async Task Value_larger_than_a_segment_is_accepted_when_there_is_room_for_it()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(100);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal("OK", disk.Set($"large:{i}", Large).Text);
            Assert.Equal("OK", disk.Set($"small:{i}", "x").Text);
        }

        await using EngineHost again = await SmallDisk.ReopenAsync(disk.Files.Kill());
        disk.AssertAcknowledged(again);
    }

    [Fact]
    public async Task Value_for_which_there_is_no_room_is_refused_at_once_and_smaller_ones_are_accepted()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(6.5);

        RespValue refused = disk.Set("large", Large);

        Assert.StartsWith("MISCONF RespKv cannot claim disk space for the log: No space left on device (ENOSPC). This command needs up to ", refused.Text, StringComparison.Ordinal);
        Assert.EndsWith(" bytes of it; smaller ones are accepted.", refused.Text, StringComparison.Ordinal);
        Assert.Equal(DiskSpaceState.Ok, disk.Space.State);
        Assert.Equal(1, disk.Space.RejectedWrites);
        Assert.Equal(0, disk.Client.Run("EXISTS large").Integer);
        Assert.Equal("OK", disk.Set("small", "x").Text);

        disk.SetRoom(100);
        await Accepted(disk, "large", Large);
        await using EngineHost again = await SmallDisk.ReopenAsync(disk.Files.Kill());
        disk.AssertAcknowledged(again);
    }

    [Fact]
    public async Task Many_clients_with_large_values_at_once_are_all_served()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(1000);
        TestClient[] clients = [.. Enumerable.Range(0, 6).Select(_ => disk.Host.Connect())];
        for (int round = 0; round < 3; round++)
        {
            Task<RespValue>[] replies = [.. clients.Select((c, i) => Task.Run(() => c.CallAsync("SET", $"large:{i}", Large[..(LargeBytes - (i * 50_000))])))];
            Assert.All(await Task.WhenAll(replies), reply => Assert.Equal("OK", reply.Text));
        }

        await using EngineHost again = await SmallDisk.ReopenAsync(disk.Files.Kill());
        using TestClient reader = again.Connect();
        for (int i = 0; i < clients.Length; i++)
        {
            Assert.Equal(LargeBytes - (i * 50_000), reader.Run($"STRLEN large:{i}").Integer);
        }

        Array.ForEach(clients, c => c.Dispose());
    }

    [Theory]
    [InlineData("COPY source destination")]
    [InlineData("COPY source destination DB 1")]
    [InlineData("RENAME source destination")]
    [InlineData("RENAMENX source destination")]
    [InlineData("MOVE source 1")]
    public async Task Copy_of_a_large_value_is_refused_without_a_change_when_there_is_no_room_and_runs_when_there_is(string command)
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(100);
        Assert.Equal("OK", disk.Set("source", Large).Text);
        Assert.Equal("OK", disk.Set("small", "x").Text);
        disk.SetRoom(8);
        long appended = disk.Host.Engine.Commit.AppendedLsn;

        RespValue refused = disk.Client.Run(command);

        Assert.StartsWith("MISCONF RespKv cannot claim disk space for the log: ", refused.Text, StringComparison.Ordinal);
        Assert.Equal(appended, disk.Host.Engine.Commit.AppendedLsn);
        disk.AssertAcknowledged(disk.Host);

        disk.SetRoom(100);
        await Poll(disk, command);
        Assert.Equal(LargeBytes, command.Contains('1') ? InDatabase1(disk) : disk.Client.Run("STRLEN destination").Integer);
        Assert.Equal(command.StartsWith("COPY", StringComparison.Ordinal) ? 1 : 0, disk.Client.Run("EXISTS source").Integer);
    }

    [Fact]
    public async Task Refused_copy_onto_a_key_that_has_expired_logs_the_expiry_and_nothing_else()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(100);
        Assert.Equal("OK", disk.Set("source", Large).Text);
        disk.Client.Run("DEBUG SET-ACTIVE-EXPIRE 0");
        disk.Client.Run("SET destination x PX 1");
        disk.SetRoom(8);

        Assert.StartsWith("MISCONF ", await Expired(disk, "RENAMENX source destination"), StringComparison.Ordinal);

        Assert.Equal("OK", disk.Set("after", "1").Text);
        disk.AssertAcknowledged(disk.Host);
        await using EngineHost again = await SmallDisk.ReopenAsync(disk.Files.Kill());
        disk.AssertAcknowledged(again);
    }

    [Fact]
    public async Task Claim_that_nobody_comes_back_for_is_given_back()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(100);
        Assert.Equal("OK", disk.Set("key", "x").Text);

        // Room is claimed by what the arguments say; then the command fails for another reason.
        Assert.True(disk.Client.Call("SET", "key", Large, "EX", "0").IsError);
        Assert.True(disk.Space.ClaimedBytes > LargeBytes);

        await TestKit.Server.Poll.UntilAsync("the large claim is given back", () => disk.Space.ClaimedBytes < SmallDisk.SegmentBytes);
        Assert.Equal("OK", disk.Set("after", "1").Text);
        Assert.Equal("OK", disk.Set("large", Large).Text);
    }

    [Fact]
    public async Task Deletion_larger_than_the_reserve_is_refused_and_the_reserve_stays()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(4.5);
        disk.FillUp();

        RespValue refused = disk.Client.Call(["DEL", .. Enumerable.Range(0, 200).Select(i => new string('k', 500) + i)]);

        Assert.EndsWith("smaller ones are accepted.", refused.Text, StringComparison.Ordinal);
        Assert.Equal(DiskSpaceState.Full, disk.Space.State);
        Assert.Equal(1, disk.Delete("key:0").Integer);
    }

    private static long InDatabase1(SmallDisk disk)
    {
        using TestClient client = disk.Host.Connect();
        client.Run("SELECT 1");
        return client.Run("STRLEN destination").Integer + client.Run("STRLEN source").Integer;
    }

    private static Task Accepted(SmallDisk disk, string key, string value)
        => TestKit.Server.Poll.UntilAsync("the value is accepted", () => disk.Set(key, value).Text == "OK");

    private static Task Poll(SmallDisk disk, string command)
        => TestKit.Server.Poll.UntilAsync($"{command} is accepted", () => !disk.Client.Run(command).IsError);

    /// <summary>Runs a command until a key of it has expired: with a real clock that is some milliseconds away.</summary>
    private static async Task<string> Expired(SmallDisk disk, string command)
    {
        string text = "";
        await TestKit.Server.Poll.UntilAsync("the destination has expired", () =>
        {
            RespValue reply = disk.Client.Run(command);
            text = reply.Text;
            return reply.IsError;
        });
        return text;
    }
}
