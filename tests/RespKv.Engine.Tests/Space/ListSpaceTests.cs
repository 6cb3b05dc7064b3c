using RespKv.Engine.Tests.Transactions;
using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Server;

namespace RespKv.Engine.Tests.Space;

/// <summary>
/// D11 for lists: what is removed in numbers, or changed in the middle, logs far more than its arguments. There is room for it, or nothing happens.
/// </summary>
public sealed class ListSpaceTests
{
    private const int Elements = 100_000;
    private const string NoRoom = "MISCONF RespKv cannot claim disk space for the log: No space left on device (ENOSPC)";

    [Theory]
    [InlineData("LPOP l 80000")]
    [InlineData("RPOP l 80000")]
    [InlineData("LMPOP 2 none l LEFT COUNT 80000")]
    [InlineData("BLMPOP 0 2 none l RIGHT COUNT 80000")]
    [InlineData("LTRIM l 89999 -2")]
    [InlineData("LINSERT l BEFORE 50000 x")]
    [InlineData("LREM l 1 50000")]
    public async Task Change_that_needs_more_than_there_is_changes_nothing_alone_or_in_a_block_until_there_is_room(string command)
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(1_000);
        Fill(disk.Client);
        await Poll.UntilAsync("the log is idle", () => disk.Host.Engine.DurableLsn == disk.Host.Engine.Commit.AppendedLsn);
        disk.LeaveRoom(2);
        long appended = disk.Host.Engine.Commit.AppendedLsn;

        Assert.StartsWith(NoRoom, disk.Client.Run(command).Text, StringComparison.Ordinal);
        Assert.StartsWith("EXECABORT Transaction discarded because of: " + NoRoom, Blocks.Run(disk.Client, "LLEN l;" + command).Text, StringComparison.Ordinal);
        Assert.Equal(appended, disk.Host.Engine.Commit.AppendedLsn);
        Assert.Equal(Elements, disk.Client.Run("LLEN l").Integer);

        disk.SetRoom(1_000);
        RespValue? reply = null;
        await Poll.UntilAsync("the block is accepted", () => !(reply = Blocks.Run(disk.Client, "PING;" + command)).IsError);
        Assert.False(reply!.Items[1].IsError);
        Assert.Equal(appended + 1, disk.Host.Engine.Commit.AppendedLsn);
    }

    [Fact]
    public async Task Pop_of_an_element_asks_for_no_more_than_that_however_large_the_list_is()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(1_000);
        Fill(disk.Client);
        disk.LeaveRoom(2);

        RespValue reply = Blocks.Run(disk.Client, "LPOP l;RPOP l 2;LMPOP 1 l LEFT;BLPOP l 0");

        Assert.False(reply.IsError);
        Assert.Equal(Elements - 5, disk.Client.Run("LLEN l").Integer);
    }

    private static void Fill(TestClient client)
    {
        const int Batch = 1_000;
        for (int i = 0; i < Elements; i += Batch)
        {
            client.Call(["RPUSH", "l", .. Enumerable.Range(i, Batch).Select(n => $"{n}")]);
        }

        Assert.Equal(Elements, client.Run("LLEN l").Integer);
    }
}
