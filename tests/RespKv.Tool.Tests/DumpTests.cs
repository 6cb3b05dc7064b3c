using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;

namespace RespKv.Tool.Tests;

public sealed class DumpTests
{
    private static SimulatedFileSystem OneOfEach()
    {
        var disk = new SimulatedFileSystem();
        using var maker = new DirectoryMaker(disk);
        maker.Write(batch => MutationWriter.Set(batch, 0, "k\0\n\"\xff"u8, "v"u8, 1700000000000));
        maker.Write(batch =>
        {
            MutationWriter.WriteRange(batch, 1, "k"u8, 3, new byte[100]);
            MutationWriter.Delete(batch, 2, "gone"u8);
        });
        maker.Write(batch =>
        {
            MutationWriter.SetExpiry(batch, 0, "k"u8, MutationWriter.NoExpiry);
            MutationWriter.SetExpiry(batch, 0, "k"u8, 5);
            MutationWriter.ClearDatabase(batch, 3);
            MutationWriter.ClearAll(batch);
            MutationWriter.SwapDatabases(batch, 0, 1);
        });
        maker.Log.Close(maker.Log.DurableLsn);
        return disk;
    }

    [Fact]
    public void Log_GoldenText()
    {
        ToolRun run = ToolRun.On(OneOfEach(), "dump", "--value-bytes", "4", "/data");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            """
            segment wal-00000000000000000001.log: log 1122334455667788, first LSN 1, 4096 bytes
             512: batch, LSN 1..1, 21 bytes, durable 0
              LSN 1: 17 bytes
               Set 0 "k\x00\n\"\xc3\xbf" "v" expires 1700000000000
             1024: batch, LSN 2..2, 117 bytes, durable 1
              LSN 2: 113 bytes
               WriteRange 1 "k" 3 "\x00\x00\x00\x00"... (100 bytes)
               Delete 2 "gone"
             1536: batch, LSN 3..3, 20 bytes, durable 2
              LSN 3: 16 bytes
               SetExpiry 0 "k" none
               SetExpiry 0 "k" expires 5
               ClearDatabase 3
               ClearAll
               SwapDatabases 0 1
             2048: seal, next LSN 4, durable 3

            """,
            run.Output);
    }

    [Fact]
    public void LogAsJson_OneObjectALine()
    {
        ToolRun run = ToolRun.On(OneOfEach(), "dump", "--json", "--lsn", "2", "/data");

        Assert.Equal(
            """
            {"kind":"batch","offset":1024,"firstLsn":2,"records":1,"payloadBytes":117,"durableLsn":1,"old":false}
            """,
            run.Lines[0]);
        Assert.StartsWith("""{"kind":"mutation","lsn":2,"mutation":"WriteRange","database":1,"key":"k","offset":3,"value":""", run.Lines[1]);
        Assert.Equal("""{"kind":"mutation","lsn":2,"mutation":"Delete","database":2,"key":"gone"}""", run.Lines[2]);
        Assert.Equal(3, run.Lines.Length);
    }

    [Fact]
    public void KeyThatIsNotUtf8_IsBase64InJson()
    {
        var disk = new SimulatedFileSystem();
        using (var maker = new DirectoryMaker(disk))
        {
            maker.Write(batch => MutationWriter.Delete(batch, 0, [0xff, 0x00]));
        }

        Assert.Contains("\"keyBase64\":\"/wA=\"", ToolRun.On(disk, "dump", "--json", "/data").Output);
    }

    [Fact]
    public void Collections_AreReadableAndNothingIsLost()
    {
        var elements = new ElementBuffer();
        var names = new ElementBuffer();
        var disk = new SimulatedFileSystem();
        using (var maker = new DirectoryMaker(disk))
        {
            elements.Add("f"u8, "v"u8);
            elements.Add([0xff], "longer"u8);
            names.AddName("f"u8);
            maker.Write(batch => MutationWriter.PutElements(batch, 0, "hash"u8, ElementTypes.Hash, elements.Bytes));
            maker.Write(batch => MutationWriter.RemoveElements(batch, 0, "hash"u8, ElementTypes.Hash, names.Bytes));
            elements.Clear();
            elements.Add("m"u8, BitConverter.GetBytes(1.5));
            elements.Add("n"u8, BitConverter.GetBytes(double.NegativeInfinity));
            elements.Add("odd"u8, "x"u8);
            maker.Write(batch => MutationWriter.PutElements(batch, 0, "zset"u8, ElementTypes.SortedSet, elements.Bytes));
            elements.Clear();
            elements.Add([0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "v"u8);
            elements.Add([0x80, 0, 0, 0, 0, 0, 0, 7], "w"u8);
            maker.Write(batch => MutationWriter.PutElements(batch, 0, "list"u8, ElementTypes.List, elements.Bytes));
            elements.Clear();
            elements.Add("m"u8, default);
            maker.Write(batch => MutationWriter.PutElements(batch, 0, "set"u8, ElementTypes.Set, elements.Bytes));
            maker.Checkpoint();
        }

        string[] text = ToolRun.On(disk, "dump", "--value-bytes", "4", "/data").Lines;
        Assert.Contains("   PutElements 0 \"hash\" hash \"f\" \"v\" \"\\xff\" \"long\"... (6 bytes)", text);
        Assert.Contains("   RemoveElements 0 \"hash\" hash \"f\"", text);
        Assert.Contains("   PutElements 0 \"zset\" zset \"m\" 1.5 ... (2 more)", text);
        Assert.Contains("   PutElements 0 \"list\" list [-1] \"v\" ... (1 more)", text);
        Assert.Contains("   PutElements 0 \"set\" set \"m\"", text);

        string[] json = ToolRun.On(disk, "dump", "--json", "--tables", "/data").Lines;
        Assert.Contains("{\"kind\":\"mutation\",\"lsn\":1,\"mutation\":\"PutElements\",\"database\":0,\"key\":\"hash\",\"type\":\"hash\",\"elements\":[{\"field\":\"f\",\"value\":\"v\"},{\"fieldBase64\":\"/w==\",\"value\":\"longer\"}]}", json);
        Assert.Contains("{\"kind\":\"mutation\",\"lsn\":2,\"mutation\":\"RemoveElements\",\"database\":0,\"key\":\"hash\",\"type\":\"hash\",\"names\":[{\"field\":\"f\"}]}", json);
        Assert.Contains("{\"kind\":\"entry\",\"entry\":\"Value\",\"space\":1,\"key\":\"zset\",\"type\":\"zset\",\"elements\":[{\"member\":\"m\",\"score\":1.5},{\"member\":\"n\",\"score\":\"-inf\"},{\"member\":\"odd\",\"value\":\"x\"}]}", json);
        Assert.Contains("{\"kind\":\"entry\",\"entry\":\"Value\",\"space\":1,\"key\":\"list\",\"type\":\"list\",\"elements\":[{\"position\":-1,\"value\":\"v\"},{\"position\":7,\"value\":\"w\"}]}", json);
        Assert.Contains("{\"kind\":\"entry\",\"entry\":\"Value\",\"space\":1,\"key\":\"set\",\"type\":\"set\",\"elements\":[{\"member\":\"m\"}]}", json);
        Assert.Contains("{\"kind\":\"entry\",\"entry\":\"Value\",\"space\":1,\"key\":\"hash\",\"type\":\"hash\",\"elements\":[{\"fieldBase64\":\"/w==\",\"value\":\"longer\"}]}", json);
    }

    [Theory]
    [InlineData("2..2", 1)]
    [InlineData("2..", 2)]
    [InlineData("..2", 2)]
    [InlineData("1..3", 3)]
    public void LsnRange_OnlyThose(string range, int batches)
    {
        ToolRun run = ToolRun.On(OneOfEach(), "dump", "--lsn", range, "/data");
        Assert.Equal(batches, run.Lines.Count(line => line.Contains(": batch,", StringComparison.Ordinal)));
    }

    [Fact]
    public void Table_BlocksAndEntries()
    {
        var disk = new SimulatedFileSystem();
        using (var maker = new DirectoryMaker(disk))
        {
            maker.Write(batch => MutationWriter.Set(batch, 0, "a"u8, "1"u8, MutationWriter.NoExpiry));
            maker.Write(batch => MutationWriter.Set(batch, 0, "b"u8, "2"u8, 77));
            maker.Checkpoint();
            maker.Write(batch => MutationWriter.Delete(batch, 0, "a"u8));
            maker.Checkpoint();
        }

        ToolRun run = ToolRun.On(disk, "dump", "--no-log", "--tables", "/data");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("  space 1 \"a\" deleted", run.Lines);
        Assert.Contains("  space 1 \"a\" \"1\"", run.Lines);
        Assert.Contains("  space 1 \"b\" \"2\" expires 77", run.Lines);
        Assert.DoesNotContain(run.Lines, line => line.StartsWith("segment", StringComparison.Ordinal));
    }

    [Fact]
    public void DamagedBlock_IsSaidAndTheRestPrinted()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        string path = Damage.Path(disk, "table-");
        (long offset, long bytes) = Damage.Block(disk, path, TableBlockKind.Data, 1);
        disk.FlipBit(path, offset + (bytes / 2));

        ToolRun run = ToolRun.On(disk, "dump", "--no-log", "--tables", "/data");
        Assert.Contains(run.Lines, line => line.StartsWith($" {offset}: damaged", StringComparison.Ordinal));
        Assert.Contains(run.Lines, line => line.Contains("\"key0059\"", StringComparison.Ordinal));
    }

    [Fact]
    public void HoleInTheLog_IsSaidAndTheRestPrinted()
    {
        SimulatedFileSystem disk = OneOfEach();
        disk.FlipBit("/data/wal-00000000000000000001.log", 1024 + 60);

        ToolRun run = ToolRun.On(disk, "dump", "/data");
        Assert.Contains(" hole: LSN 2..2 are missing, expected at wal-00000000000000000001.log, offset 1024, found a batch whose checksum does not match", run.Lines);
        Assert.Contains("   ClearAll", run.Lines);
    }

    [Fact]
    public void UnknownTable_Fails()
    {
        ToolRun run = ToolRun.On(OneOfEach(), "dump", "--table", "9", "/data");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("table-0000000009.tbl", run.Error);
    }
}
