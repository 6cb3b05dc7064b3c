using RespKv.Fuzz.Disk;
using RespKv.Fuzz.Running;
using RespKv.Storage.Files;
using RespKv.Storage.Inspection;
using RespKv.Storage.Wal;

namespace RespKv.Fuzz.Wal;

/// <summary>
/// The reader of the log: recovery says what <see cref="WalReference"/> says, to the byte that is cut; what is refused is left as it was;
/// under damage as disks do it only what was written comes back; and a log that was recovered can be written, read while it is
/// open, and recovered again with nothing of what was cut.
/// </summary>
internal sealed class WalTarget : IFuzzTarget
{
    private const int AddedRecords = 2;
    private const int AddedBytes = 100;

    /// <summary>A crafted size that fills the disk, or nearly.</summary>
    private const long ExtendedBytesMax = MemoryFiles.CapacityBytes / 2;

    private const long LsnMax = long.MaxValue / 2;

    /// <summary>The rehearsal of a start is the same code again; it is let run on one in so many inputs.</summary>
    private const int RehearseOneIn = 8;

    private static readonly WalOptions SmallSegments = new(WalLayout.SegmentBytesMin, PrepareSpare: false, RetiredSegmentsMax: 2);

    private readonly WalMaker _maker = new();
    private readonly MemoryFiles _files = new();
    private readonly List<FileImage> _found = [];
    private readonly ReplayCheck _replay = new();
    private readonly WalVisit _visit = new();
    private readonly WalBatch _batch = new();
    private List<WalFile> _segments = [];
    private WalReference _reference = null!;
    private WalInput _input;

    /// <summary>
    /// Two recoveries with a buffer of 4 MiB each, two readers with one of 1 MiB, the walk with one as large as the file, the rehearsal
    /// with one of 4 MiB, and copies of 1 MiB for what is cut.
    /// </summary>
    public long AllocatedBytesMax => 18L << 20;

    public long AllocatedPerInputByte => 64;

    public void Make(Random random, ReadOnlySpan<byte> parent, ReadOnlySpan<byte> other, InputBuffer input) => _maker.Make(random, parent, other, input);

    public void Run(ReadOnlySpan<byte> input, RunResult result)
    {
        _input = WalInput.Read(input);
        FileImages.Find(input, WalInput.HeadBytes, _found);
        FileImages.Put(input, _found, _files);
        _segments = Segments();
        _reference = WalReference.Read(_segments, _input.Start);
        ThrowIfForeign();
        result.Feature(_reference.Refusal ?? "opens");
        result.Feature((ulong)_reference.Cuts.Count);
        result.Feature((ulong)Math.Min(_reference.Records.Count, 4));
        result.Feature((ulong)_found.Count);
        ulong before = _files.Digest();
        result.Enter();
        Walk();
        Rehearse(input.Length);
        ThrowIfChanged(before, "check");
        Recover(before, result);
        result.Leave();
        if (_files.OpenFiles != 0)
        {
            throw new FindingException($"{_files.OpenFiles} files were left open");
        }
    }

    public string Describe(ReadOnlySpan<byte> input)
    {
        var text = new System.Text.StringBuilder($"{WalInput.Read(input)}\n");
        List<FileImage> found = [];
        FileImages.Find(input, WalInput.HeadBytes, found);
        foreach (FileImage file in found)
        {
            ReadOnlySpan<byte> content = file.Content(input);
            if (file.Bytes == 0)
            {
                continue;
            }

            text.Append($"{file.Name(input)}: {file.Bytes} bytes, {SegmentHead.Read(content)}\n");
            for (int at = WalLayout.SectorBytes; at < content.Length; at += WalLayout.SectorBytes)
            {
                if (BatchHead.Read(content, at) is { } batch)
                {
                    text.Append($"  {at}: {batch}\n");
                }
            }
        }

        return text.ToString();
    }

    private List<WalFile> Segments()
    {
        List<WalFile> segments = [];
        foreach (string name in _files.Names)
        {
            if (WalLayout.TryParseSegmentName(name, out long lsn))
            {
                segments.Add(new WalFile(name, lsn, _files[name].ToArray()));
            }
        }

        return segments;
    }

    // The reference itself: nothing but a prefix of what was written gets through, whatever a disk does.
    private void ThrowIfForeign()
    {
        if (!_input.IsCrafted)
        {
            foreach (WalRecordPlace record in _reference.Records)
            {
                if (!KnownRecords.Is(record.Content, record.Lsn))
                {
                    throw new FindingException($"LSN {record.Lsn} is not what was written");
                }
            }
        }
    }

    private void Walk()
    {
        _visit.Clear();
        WalChainSummary summary = WalChain.Walk(_files, MemoryFiles.Directory, _input.Start, _visit, CancellationToken.None);
        bool isPlain = _reference.Refusal is null && _reference.Cuts.Count == 0 && !_reference.HasStray && _input.Start == WalStart.None && _reference.LogId != 0;
        if (isPlain && (_visit.Holes > 0 || summary.NextLsn != _reference.LastLsn + 1))
        {
            throw new FindingException($"check finds {_visit.Holes} holes and LSN {summary.NextLsn} next in a log that ends with LSN {_reference.LastLsn}");
        }
    }

    private void Rehearse(int inputBytes)
    {
        bool isBare = _input.Start == WalStart.None && !_files.FileExists("CURRENT");
        if (!isBare || inputBytes % RehearseOneIn != 0 || _reference.ExtendedBytes >= ExtendedBytesMax)
        {
            return;
        }

        StartupVerdict verdict = StartupRehearsal.Run(_files, MemoryFiles.Directory, null, CancellationToken.None);
        if (verdict.Refusal is null && _reference.Refusal is { } refusal)
        {
            throw new FindingException($"the rehearsal would start: {refusal}");
        }
    }

    private void Recover(ulong before, RunResult result)
    {
        if (_reference.Refusal is null)
        {
            _replay.Expect(_reference.Records);
        }
        else
        {
            _replay.ExpectAnything();
        }

        WalLog log;
        try
        {
            log = Open();
        }
        catch (WalCorruptionException e)
        {
            ThrowIfChanged(before, "recovery");
            result.Feature(e.Problem);
            result.Outcome($"refused: {_reference.Refusal ?? throw new FindingException($"refused: {e.Problem}; the reference opens it")}");
            return;
        }
        catch (StorageException e) when (e.Kind == StorageErrorKind.NoSpace && _reference.ExtendedBytes >= ExtendedBytesMax)
        {
            result.Outcome("no room for the size that the header says");
            return;
        }

        using (log)
        {
            CheckOpened(log);
            result.Outcome(_reference.LogId == 0 ? "a new log" : log.Recovery.CleanShutdown ? "opens, closed in order" : _reference.Cuts.Count > 0 ? "opens, torn" : "opens");
            if (!CanGoOn)
            {
                return;
            }

            GoOn(log);
        }

        CheckAgain();
    }

    // A crafted log may leave no LSN, or no room, to go on with.
    private bool CanGoOn => _reference.LastLsn < LsnMax && _reference.ExtendedBytes < ExtendedBytesMax;

    private WalLog Open() => WalLog.Open(_files, MemoryFiles.Directory, SmallSegments, _input.Start, _replay, CancellationToken.None);

    private void CheckOpened(WalLog log)
    {
        if (_reference.Refusal is { } refusal)
        {
            throw new FindingException($"opened; the reference refuses: {refusal}");
        }

        _replay.ThrowUnlessComplete("recovery");
        WalRecoveryReport report = log.Recovery;
        bool isClean = _reference.EndsWithSeal && _reference.Cuts.Count == 0;
        string expected = $"LSN {_reference.LastLsn}, clean {isClean}, {string.Join("; ", _reference.Cuts)}";
        string actual = $"LSN {log.LastLsn}, clean {report.CleanShutdown}, "
            + string.Join("; ", report.TornTails.Select(torn => new WalCut(Path.GetFileName(torn.File), torn.Offset, torn.Bytes)));
        if (expected != actual || log.DurableLsn != log.LastLsn)
        {
            throw new FindingException($"recovery says {actual}\nthe reference says {expected}");
        }

        foreach (WalTornTail torn in report.TornTails.Where(torn => torn.Bytes > 0))
        {
            CheckEvidence(torn);
        }
    }

    private void CheckEvidence(WalTornTail torn)
    {
        WalFile file = _segments.Find(file => file.Name == Path.GetFileName(torn.File))!;
        ReadOnlySpan<byte> cut = file.Bytes.AsSpan((int)torn.Offset, (int)torn.Bytes);
        if (!_files[Path.GetFileName(torn.EvidenceFile)].SequenceEqual(cut))
        {
            throw new FindingException($"what was cut is not what {torn.EvidenceFile} holds");
        }
    }

    private void CheckReader(WalLog log)
    {
        long after = Math.Min(_input.Start.CheckpointLsn, log.LastLsn);
        _replay.Expect(_reference.Records, _reference.LastLsn + 1, _reference.LastLsn + AddedRecords);
        using WalTailReader reader = log.OpenReader(after);
        while (reader.Read(log.DurableLsn, out WalRecords batch))
        {
            while (batch.Next(out long lsn, out ReadOnlySpan<byte> record))
            {
                _replay.Apply(lsn, record);
            }
        }

        _replay.ThrowUnlessComplete("reading the open log");
    }

    private void GoOn(WalLog log)
    {
        _batch.Reset(log.LastLsn + 1);
        for (int i = 0; i < AddedRecords; i++)
        {
            _batch.BeginRecord();
            KnownRecords.Fill(_batch.Reserve(AddedBytes)[..AddedBytes], _batch.LastLsn + 1);
            _batch.Advance(AddedBytes);
            _batch.EndRecord();
        }

        log.Write(_batch, log.DurableLsn);
        log.Sync();
        CheckReader(log);
        if (_input.ClosesInOrder)
        {
            log.Close(log.DurableLsn);
        }
    }

    private void CheckAgain()
    {
        _replay.Expect(_reference.Records, _reference.LastLsn + 1, _reference.LastLsn + AddedRecords);
        using WalLog log = Open();
        _replay.ThrowUnlessComplete("the second recovery");
        if (!_reference.LeavesOlder && (log.Recovery.TornTails.Count > 0 || log.Recovery.CleanShutdown != _input.ClosesInOrder))
        {
            throw new FindingException($"the second recovery finds {string.Join("; ", log.Recovery.TornTails)}, clean {log.Recovery.CleanShutdown}");
        }
    }

    private void ThrowIfChanged(ulong before, string who)
    {
        if (_files.Digest() != before)
        {
            throw new FindingException($"{who} changed the directory");
        }
    }
}
