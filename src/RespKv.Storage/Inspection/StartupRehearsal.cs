using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;
using RespKv.Storage.Wal;

namespace RespKv.Storage.Inspection;

/// <summary>Why start-up would refuse.</summary>
/// <param name="File">Path of the file.</param>
/// <param name="Offset">Bytes from its start.</param>
/// <param name="Lsn">The LSN that was expected there; 0 when it is not about the log.</param>
/// <param name="Problem">What was expected and what was found.</param>
public sealed record StartupRefusal(string File, long Offset, long Lsn, string Problem);

/// <summary>What start-up would do with a directory.</summary>
/// <param name="Refusal">Null when it would start.</param>
/// <param name="State">Null when it does not get past the manifest.</param>
/// <param name="ManifestTornBytes">Bytes that it would cut behind the manifest's last edit.</param>
/// <param name="Orphans">Names of files that it would delete: products of an unfinished step.</param>
/// <param name="Log">What it would find in the log; null when it does not get to its end.</param>
/// <param name="Databases">The least number of databases that the server must be configured with.</param>
public sealed record StartupVerdict(
    StartupRefusal? Refusal,
    ManifestState? State,
    long ManifestTornBytes,
    IReadOnlyList<string> Orphans,
    WalRecoveryReport? Log,
    int Databases)
{
    /// <summary>The manifest in force, where something is cut; otherwise empty.</summary>
    public string ManifestTornFile { get; init; } = "";

    /// <summary>Where the cut bytes begin in it; null when it is not known.</summary>
    public long? ManifestTornOffset { get; init; }
}

/// <summary>
/// Says what start-up would do with a directory, by letting the code of start-up do it on a <see cref="RehearsalFileSystem"/>.
/// </summary>
public sealed class StartupRehearsal : IWalReplay
{
    private readonly RehearsalFileSystem _files;
    private readonly string _directory;
    private readonly Action<long, long>? _progress;
    private readonly CancellationToken _cancel;
    private ManifestState? _state;
    private long _manifestTornBytes;
    private string _manifestTornPlace = "";
    private IReadOnlyList<string> _orphans = [];
    private long _bytesTotal;
    private int _databaseMax = -1;

    private StartupRehearsal(IFileSystem files, string directory, Action<long, long>? progress, CancellationToken cancel)
    {
        _files = new RehearsalFileSystem(files);
        _directory = directory;
        _progress = progress;
        _cancel = cancel;
    }

    /// <param name="files">The disk; nothing on it is changed.</param>
    /// <param name="directory">The data directory.</param>
    /// <param name="progress">Told bytes done and bytes in all, now and then; null for none.</param>
    /// <param name="cancel">Ends it early.</param>
    /// <exception cref="StorageException">A call failed.</exception>
    public static StartupVerdict Run(IFileSystem files, string directory, Action<long, long>? progress, CancellationToken cancel)
    {
        return new StartupRehearsal(files, directory, progress, cancel).Run();
    }

    void IWalReplay.Apply(long lsn, ReadOnlySpan<byte> record)
    {
        var mutation = new MutationReader(record);
        while (mutation.Read())
        {
            _databaseMax = Math.Max(_databaseMax, Math.Max(mutation.Database, mutation.OtherDatabase));
        }
    }

    void IWalReplay.Progress(in WalReplayProgress progress)
        => _progress?.Invoke((_state?.TableBytes ?? 0) + progress.BytesDone, _bytesTotal);

    private StartupVerdict Run()
    {
        try
        {
            return Verdict(null, Open());
        }
        catch (ManifestCorruptionException e)
        {
            return Verdict(new StartupRefusal(e.File, e.Offset, 0, e.Problem), null);
        }
        catch (TableCorruptionException e)
        {
            return Verdict(new StartupRefusal(e.File, e.Offset, 0, e.Problem), null);
        }
        catch (WalCorruptionException e)
        {
            return Verdict(new StartupRefusal(e.File, e.Offset, e.Lsn, e.Problem), null);
        }
    }

    private StartupVerdict Verdict(StartupRefusal? refusal, WalRecoveryReport? log)
    {
        // The manifest tells its place as "path, offset n".
        string[] place = _manifestTornPlace.Split(", offset ");
        return new StartupVerdict(refusal, _state, _manifestTornBytes, _orphans, log, _databaseMax + 1)
        {
            ManifestTornFile = place[0],
            ManifestTornOffset = place.Length > 1 && long.TryParse(place[1], out long offset) ? offset : null,
        };
    }

    private WalRecoveryReport Open()
    {
        long logBytes = 0;
        foreach (string name in WalChain.Segments(_files, _directory))
        {
            using IFile segment = _files.Open(Path.Combine(_directory, name), FileOpenKind.Read);
            logBytes += segment.Length;
        }

        using ManifestStore manifest = ManifestStore.Open(_files, _directory);
        _state = manifest.State;
        _manifestTornBytes = manifest.TornBytes;
        _manifestTornPlace = manifest.TornPlace;
        _bytesTotal = _state.TableBytes + logBytes;
        _databaseMax = _state.Spaces.Keys.DefaultIfEmpty(-1).Max();
        using TableSet tables = TableSet.Open(_files, _directory, manifest);
        _orphans = tables.Orphans;
        VerifyTables(tables);

        var options = new WalOptions(WalFormat.SegmentBytesMin, PrepareSpare: false);
        using WalLog log = WalLog.Open(
            _files, _directory, options, new WalStart(_state.LogId, _state.CheckpointLsn), this, _cancel);
        return log.Recovery;
    }

    // Start-up reads every entry into memory, so every block.
    private void VerifyTables(TableSet tables)
    {
        using TableSnapshot snapshot = tables.Acquire();
        long done = 0;
        foreach (TableInfo table in _state!.Tables)
        {
            long before = done;
            snapshot.Reader(table.Number).Verify(bytes => _progress?.Invoke(before + bytes, _bytesTotal), _cancel);
            done += table.FileBytes;
        }
    }
}
