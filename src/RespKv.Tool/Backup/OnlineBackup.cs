using System.Globalization;
using RespKv.Protocol;
using RespKv.Storage.Files;
using RespKv.Storage.Inspection;
using RespKv.Storage.Manifest;
using RespKv.Storage.Wal;
using RespKv.Tool.Check;
using RespKv.Tool.Output;

namespace RespKv.Tool.Backup;

/// <summary>
/// Copies the state of a running server: it makes a checkpoint and keeps its tables until told that they are read. The copy
/// is those tables, a manifest, and an empty log that goes on behind the checkpoint.
/// </summary>
internal sealed class OnlineBackup(
    ServerConnection server, IFileSystem files, IProgressBar progress, CancellationToken cancel)
{
    /// <summary>Asked for at once: some hundred system calls for a large table, and no strain on the server's memory.</summary>
    private const int ReadBytes = 1 << 20;

    /// <summary>Of the log that the copy goes on with; as a server's own.</summary>
    internal long SegmentBytes { get; init; } = WalOptions.SegmentBytesDefault;

    /// <returns>What check says of the copy.</returns>
    internal CheckReport Run(string targetPath)
    {
        TargetDirectory target = TargetDirectory.Create(files, targetPath);
        BackupOffer offer = BackupOffer.Parse(server.Call("BACKUP", "BEGIN"));
        CopyTables(offer, target.Partial);
        server.Call("BACKUP", "END", offer.Id);
        if (offer.CheckpointLsn > 0)
        {
            CheckManifest(offer, ManifestImport.Write(files, target.Partial, offer.Manifest.Span));
            var options = new WalOptions(SegmentBytes, PrepareSpare: false);
            WalLog.CreateEmpty(files, target.Partial, options, offer.LogId, offer.CheckpointLsn + 1);
        }

        return BackupVerification.Complete(files, target, targetPath, progress, cancel);
    }

    private static void CheckManifest(BackupOffer offer, ManifestState state)
    {
        bool isSame = state.CheckpointLsn == offer.CheckpointLsn
            && state.LogId == offer.LogId
            && state.Tables.Select(table => ManifestNames.Table(table.Number)).Order(StringComparer.Ordinal)
                .SequenceEqual(offer.Files.Select(file => file.Name).Order(StringComparer.Ordinal));
        if (!isSame)
        {
            throw new ToolException("BACKUP BEGIN: the manifest does not name the tables that the server offers", ExitCodes.Corruption);
        }
    }

    private void CopyTables(BackupOffer offer, string target)
    {
        long total = offer.Files.Sum(file => file.Bytes);
        long done = 0;
        foreach (OfferedFile offered in offer.Files)
        {
            using IFile file = files.Open(Path.Combine(target, offered.Name), FileOpenKind.CreateNew);
            long offset = 0;
            while (offset < offered.Bytes)
            {
                cancel.ThrowIfCancellationRequested();
                offset += CopyPiece(offer.Id, offered, file, offset);
                progress.Report(done + offset, total);
            }

            file.SyncData();
            done += offered.Bytes;
        }
    }

    private int CopyPiece(string id, OfferedFile offered, IFile file, long offset)
    {
        long count = Math.Min(ReadBytes, offered.Bytes - offset);
        RespValue reply = server.Call(
            "BACKUP",
            "READ",
            id,
            offered.Name,
            offset.ToString(CultureInfo.InvariantCulture),
            count.ToString(CultureInfo.InvariantCulture));
        if (reply.Bytes.Length == 0 || reply.Bytes.Length > count)
        {
            throw new ToolException($"BACKUP READ {offered.Name}: {reply.Bytes.Length} bytes at offset {offset}, asked for {count}");
        }

        file.Write(reply.Bytes.Span, offset);
        return reply.Bytes.Length;
    }
}
