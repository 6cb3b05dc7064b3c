using System.Globalization;
using RespKv.Storage.Manifest;
using RespKv.TestKit.Files;
using RespKv.Tool.Backup;
using RespKv.Tool.Check;
using RespKv.Tool.Output;

namespace RespKv.Tool.Tests;

public sealed class OnlineBackupTests
{
    private static readonly SimulatedFileSystem Source = DirectoryMaker.Standard();

    private static byte[] Answer(string[] request)
    {
        return (request[0], request[1]) switch
        {
            ("BACKUP", "BEGIN") => Offer(),
            ("BACKUP", "READ") => Part(request),
            _ => FakeServer.Text("+OK\r\n"),
        };
    }

    private static byte[] Offer(string? otherName = null)
    {
        ManifestState state = ManifestStore.Read(Source, DirectoryMaker.Source);
        var reply = new List<byte>();
        reply.AddRange(FakeServer.Text("*10\r\n$2\r\nid\r\n:7\r\n$14\r\ncheckpoint-lsn\r\n"));
        reply.AddRange(FakeServer.Text($":{state.CheckpointLsn}\r\n$6\r\nlog-id\r\n"));
        reply.AddRange(FakeServer.Bulk(FakeServer.Text(state.LogId.ToString(CultureInfo.InvariantCulture))));
        reply.AddRange(FakeServer.Text($"$5\r\nfiles\r\n*{state.Tables.Count}\r\n"));
        foreach (TableInfo table in state.Tables)
        {
            reply.AddRange(FakeServer.Text("*2\r\n"));
            reply.AddRange(FakeServer.Bulk(FakeServer.Text(otherName ?? ManifestNames.Table(table.Number))));
            reply.AddRange(FakeServer.Text($":{table.FileBytes}\r\n"));
        }

        reply.AddRange(FakeServer.Text("$8\r\nmanifest\r\n"));
        reply.AddRange(FakeServer.Bulk(ManifestStore.Encode(state)));
        return [.. reply];
    }

    private static byte[] Part(string[] request)
    {
        byte[] file = Source.ReadFile($"/data/{request[3]}");
        int offset = int.Parse(request[4], CultureInfo.InvariantCulture);
        int count = int.Parse(request[5], CultureInfo.InvariantCulture);
        return FakeServer.Bulk(file.AsSpan(offset, Math.Min(count, file.Length - offset)));
    }

    private static (CheckReport Report, SimulatedFileSystem Disk, FakeServer Server) Run(Func<string[], byte[]> answer)
    {
        var disk = new SimulatedFileSystem();
        var stream = new FakeServer(answer);
        using var server = new ServerConnection(stream);
        var backup = new OnlineBackup(server, new DirectoryRenames(disk), new NoProgress(), CancellationToken.None)
        {
            SegmentBytes = DirectoryMaker.SegmentBytes,
        };
        return (backup.Run(DirectoryMaker.Target), disk, stream);
    }

    [Fact]
    public void RunningServer_CopyHoldsTheCheckpoint()
    {
        (CheckReport report, SimulatedFileSystem disk, FakeServer server) = Run(Answer);

        Assert.Equal(0, report.ExitCode);
        SortedDictionary<string, string> expected = DirectoryContent.Read(Source, DirectoryMaker.Source);
        foreach (string tail in new[] { "0:tail0", "0:tail1", "0:tail2" })
        {
            expected.Remove(tail);
        }

        Assert.Equal(expected, DirectoryContent.Read(disk, DirectoryMaker.Target));
        Assert.Equal("BACKUP BEGIN", server.Requests[0]);
        Assert.Equal("BACKUP END 7", server.Requests[^1]);
    }

    [Fact]
    public void ServerRefuses_ItsTextIsTold()
    {
        ToolException e = Assert.Throws<ToolException>(() => Run(_ => FakeServer.Text("-ERR there are 4 backups already\r\n")));
        Assert.Equal("BACKUP BEGIN: the server says: ERR there are 4 backups already", e.Message);
    }

    [Fact]
    public void ServerGoesAway_TargetGetsNoName()
    {
        ToolException e = Assert.Throws<ToolException>(() => Run(request => request[1] == "READ" ? [] : Answer(request)));
        Assert.Contains("closed the connection", e.Message);
    }

    [Fact]
    public void FileNameThatIsAPath_IsRefused()
    {
        ToolException e = Assert.Throws<ToolException>(() => Run(request => request[1] == "BEGIN" ? Offer("../../etc/passwd") : Answer(request)));
        Assert.Contains("a file that is no table", e.Message);
    }

    [Fact]
    public void PartThatIsTooLong_IsRefused()
    {
        ToolException e = Assert.Throws<ToolException>(
            () => Run(request => request[1] == "READ" ? FakeServer.Bulk(new byte[(1 << 20) + 1]) : Answer(request)));
        Assert.Contains("asked for", e.Message);
    }

    [Fact]
    public void DamagedOnTheWay_IsFoundByTheVerification()
    {
        ToolException e = Assert.Throws<ToolException>(() => Run(request =>
        {
            byte[] answer = Answer(request);
            if (request[1] == "READ")
            {
                answer[^40] ^= 1;
            }

            return answer;
        }));
        Assert.Equal(3, e.ExitCode);
    }

    private sealed class NoProgress : IProgressBar
    {
        public void Report(long done, long total)
        {
        }
    }
}
