using System.Globalization;
using System.Text;
using RespKv.Engine.Checkpoints;
using RespKv.Engine.Execution;
using RespKv.Engine.Sessions;
using RespKv.Protocol;
using RespKv.Storage.Manifest;

namespace RespKv.Engine.Commands.Server;

/// <summary>
/// BACKUP: hands a client the files of a checkpoint, which nothing changes while the client reads them. <c>respkv backup --from</c>
/// uses it. What belongs to a backup is on disk, so nothing of it waits for the fence.
/// </summary>
internal static class BackupCommand
{
    private const string NoSuchBackup = "ERR no such backup of this connection";

    private static readonly string[] HelpLines =
    [
        "BEGIN",
        "    Make a checkpoint and keep its files until END or the end of the connection.",
        "    Replies with the number of the backup, the LSN that it holds, and its files.",
        "READ <id> <name> <offset> <count>",
        "    Part of a file of a backup.",
        "END <id>",
        "    Let the files go.",
    ];

    [Command("backup", -2, CommandFlags.Admin | CommandFlags.NoScript | CommandFlags.NoMulti, Group = "server", Since = "7.0.0",
        Complexity = "BEGIN: O(N) where N is the number of writes since the last checkpoint. READ: O(N) where N is the number of bytes",
        Summary = "Copy the files of a checkpoint to a client")]
    internal static void Run(ReadContext c, RequestArgs args)
    {
        ReadOnlySpan<byte> subcommand = args[1];
        if (subcommand.Is("begin"u8) && args.Count == 2)
        {
            Begin(c);
        }
        else if (subcommand.Is("read"u8) && args.Count == 6)
        {
            Read(c, args);
        }
        else if (subcommand.Is("end"u8) && args.Count == 3)
        {
            End(c, args[2]);
        }
        else if (subcommand.Is("help"u8) && args.Count == 2)
        {
            HelpReply.Write(c, "BACKUP", HelpLines);
        }
        else
        {
            HelpReply.FailSyntax(c, "BACKUP", args);
        }
    }

    private static void Begin(ReadContext c)
    {
        // Behind everything that this client was told: a checkpoint holds only what is durable.
        Task saving = c.Engine.Checkpoints.RequestAsync(c.Engine.Commit.AppendedLsn);
        c.Suspend(new Suspension(
            (c, _) =>
            {
                if (saving.Exception?.InnerException is { } failure)
                {
                    c.Fail($"ERR checkpoint failed: {failure.Message}");
                }
                else if (c.Engine.Backups.Begin(c.Session) is not { } backup)
                {
                    c.Fail($"ERR there are {Backups.Max} backups already");
                }
                else
                {
                    WriteBackup(c, backup);
                }
            },
            Work: saving));
    }

    private static void WriteBackup(ReadContext c, Backup backup)
    {
        ManifestState state = backup.State;
        c.Reply.MapHeader(5);
        c.Reply.Bulk("id");
        c.Reply.Integer(backup.Id);
        c.Reply.Bulk("checkpoint-lsn");
        c.Reply.Integer(state.CheckpointLsn);
        c.Reply.Bulk("log-id");
        c.Reply.Bulk(state.LogId.ToString(CultureInfo.InvariantCulture));
        c.Reply.Bulk("files");
        c.Reply.ArrayHeader(state.Tables.Count);
        foreach (TableInfo table in state.Tables)
        {
            c.Reply.ArrayHeader(2);
            c.Reply.Bulk(Path.GetFileName(backup.PathOf(table.Number)));
            c.Reply.Integer(table.FileBytes);
        }

        c.Reply.Bulk("manifest");
        c.Reply.Bulk(ManifestStore.Encode(state));
    }

    private static void Read(ReadContext c, RequestArgs args)
    {
        if (!TryFind(c, args[2], out Backup? backup)
            || !ArgumentParsing.TryInteger(c, args[4], out long offset) || !ArgumentParsing.TryInteger(c, args[5], out long count))
        {
            return;
        }

        string name = Encoding.UTF8.GetString(args[3]);
        TableInfo? table = backup.State.Tables.FirstOrDefault(t => Path.GetFileName(backup.PathOf(t.Number)) == name);
        if (table is null)
        {
            c.Fail("ERR the backup has no such file");
            return;
        }

        if (offset < 0 || offset > table.FileBytes || count is < 1 or > Backups.ReadBytesMax)
        {
            c.Fail($"ERR offset must lie in the file, and count be from 1 to {Backups.ReadBytesMax}");
            return;
        }

        Backups backups = c.Engine.Backups;
        Task<byte[]> reading = Task.Run(() => backups.Read(backup, table.Number, offset, (int)count));
        c.Suspend(new Suspension(
            (c, _) =>
            {
                if (reading.Exception?.InnerException is { } failure)
                {
                    c.Fail($"ERR {failure.Message}");
                }
                else
                {
                    c.Reply.Bulk(reading.GetAwaiter().GetResult());
                }
            },
            Work: reading));
    }

    private static void End(ReadContext c, ReadOnlySpan<byte> id)
    {
        if (TryFind(c, id, out Backup? backup))
        {
            c.Engine.Backups.End(backup);
            c.Reply.Ok();
        }
    }

    private static bool TryFind(ReadContext c, ReadOnlySpan<byte> argument, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Backup? backup)
    {
        backup = null;
        if (!ArgumentParsing.TryInteger(c, argument, out long id))
        {
            return false;
        }

        backup = c.Engine.Backups.Find(c.Session, id);
        if (backup is null)
        {
            c.Fail(NoSuchBackup);
        }

        return backup is not null;
    }
}
