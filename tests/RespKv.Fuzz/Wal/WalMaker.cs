using System.Buffers.Binary;
using RespKv.Fuzz.Disk;
using RespKv.Fuzz.Running;
using RespKv.Storage.Wal;

namespace RespKv.Fuzz.Wal;

/// <summary>Makes directories with a log: written by the log itself, then damaged as disks damage, or crafted with checksums that fit.</summary>
internal sealed class WalMaker
{
    private const int BatchesMax = 14;
    private const int RecordBytesMax = 700;

    /// <summary>More than a segment takes.</summary>
    private const int LargeRecordBytesMax = 9000;

    private readonly MemoryFiles _files = new();
    private readonly WalBatch _batch = new();
    private readonly List<FileImage> _found = [];
    private readonly List<int> _batches = [];
    private readonly Mutator _mutator = new("RKWB", "RESPKVWL", "\0\0\0\0", "\u0001\0\0\0");

    public void Make(Random random, ReadOnlySpan<byte> parent, ReadOnlySpan<byte> other, InputBuffer input)
    {
        if (parent.Length <= WalInput.HeadBytes)
        {
            Anew(random, input);
        }
        else
        {
            input.Add(parent);
        }

        for (int left = random.Next(4); left >= 0; left--)
        {
            FileImages.Find(input.Span, WalInput.HeadBytes, _found);
            _found.RemoveAll(file => file.Bytes == 0);
            if (_found.Count == 0)
            {
                return;
            }

            // Mostly the last segment: there the rules are.
            FileImage file = random.Next(3) == 0 ? _found[random.Next(_found.Count)] : LastSegment(input.Span);
            switch (random.Next(8))
            {
                case < 4:
                    Damage(random, file, other, input);
                    break;
                case < 7:
                    WalInput.MarkCrafted(input.Span);
                    Craft(random, file, input.Span);
                    break;
                default:
                    ChangeStart(random, file, input.Span);
                    break;
            }
        }

        if (random.Next(200) == 0)
        {
            WalInput.MarkCrafted(input.Span);
            _mutator.Change(random, WalInput.HeadBytes, other, input);
        }
    }

    private FileImage LastSegment(ReadOnlySpan<byte> input)
    {
        for (int i = _found.Count - 1; i >= 0; i--)
        {
            if (WalLayout.TryParseSegmentName(_found[i].Name(input), out _))
            {
                return _found[i];
            }
        }

        return _found[^1];
    }

    private void Anew(Random random, InputBuffer input)
    {
        _files.Clear();
        ulong logId = (ulong)random.NextInt64(1, long.MaxValue);
        var options = new WalOptions(WalLayout.SegmentBytesMin * random.Next(1, 3), PrepareSpare: false, logId, RetiredSegmentsMax: 2);
        long checkpoint = 0;
        using (WalLog log = WalLog.Open(_files, MemoryFiles.Directory, options, new Forget(), CancellationToken.None))
        {
            long next = 1;
            for (int left = random.Next(BatchesMax); left > 0; left--)
            {
                FillBatch(random, next);
                log.Write(_batch, log.DurableLsn);
                next = _batch.LastLsn + 1;
                if (random.Next(4) > 0)
                {
                    log.Sync();
                }

                if (random.Next(6) == 0)
                {
                    checkpoint = log.DurableLsn;
                    log.Retire(checkpoint);
                }
            }

            if (random.Next(3) == 0)
            {
                log.Close(log.DurableLsn);
            }
        }

        var start = checkpoint == 0 ? WalStart.None : new WalStart(logId, checkpoint);
        new WalInput(IsCrafted: false, start, random.Next(2) == 0).Write(input);
        FileImages.AddAll(input, _files);
    }

    private void FillBatch(Random random, long firstLsn)
    {
        _batch.Reset(firstLsn);
        for (int left = random.Next(1, 4); left > 0; left--)
        {
            _batch.BeginRecord();
            int bytes = random.Next(40) == 0 ? random.Next(LargeRecordBytesMax) : random.Next(RecordBytesMax);
            KnownRecords.Fill(_batch.Reserve(bytes)[..bytes], _batch.LastLsn + 1);
            _batch.Advance(bytes);
            _batch.EndRecord();
        }
    }

    private void Damage(Random random, FileImage file, ReadOnlySpan<byte> other, InputBuffer input)
    {
        Span<byte> content = input.Span.Slice(file.ContentAt, file.Bytes);
        Span<byte> sector = Sector(random, content);
        switch (random.Next(10))
        {
            case 0 or 1:
                content[random.Next(content.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                random.NextBytes(sector);
                break;
            case 3:
                sector.Clear();
                break;
            case 4:
                // A write that ended up in another place, maybe in another file.
                FileImage target = _found[random.Next(_found.Count)];
                Copy(sector, Sector(random, input.Span.Slice(target.ContentAt, target.Bytes)));
                break;
            case 5:
                Span<byte> second = Sector(random, content);
                if (second.Length == sector.Length)
                {
                    byte[] first = sector.ToArray();
                    second.CopyTo(sector);
                    first.CopyTo(second);
                }

                break;
            case 6:
                int kept = random.Next(2) == 0 ? random.Next(content.Length) : random.Next(content.Length / WalLayout.SectorBytes + 1) * WalLayout.SectorBytes;
                FileImages.SetLength(input.Span, file, kept);
                input.Remove(file.ContentAt + kept, file.Bytes - kept);
                break;
            case 7 when random.Next(3) == 0:
                input.Remove(file.Start, file.End - file.Start);
                break;
            case 8:
                // The end was never written.
                content[(content.Length - sector.Length)..].Clear();
                int from = random.Next(content.Length / WalLayout.SectorBytes + 1) * WalLayout.SectorBytes;
                content[Math.Min(from, content.Length)..].Clear();
                break;
            default:
                CopyFromOther(random, other, sector);
                break;
        }
    }

    // Sectors of another log, as on a disk that was used before.
    private static void CopyFromOther(Random random, ReadOnlySpan<byte> other, Span<byte> sector)
    {
        List<FileImage> files = [];
        FileImages.Find(other, WalInput.HeadBytes, files);
        if (files.Count > 0 && files[random.Next(files.Count)] is { Bytes: >= WalLayout.SectorBytes } file && !WalInput.Read(other).IsCrafted)
        {
            int sectors = file.Bytes / WalLayout.SectorBytes;
            Copy(other.Slice(file.ContentAt + (random.Next(sectors) * WalLayout.SectorBytes), WalLayout.SectorBytes), sector);
        }
    }

    private static void Copy(ReadOnlySpan<byte> from, Span<byte> to) => from[..Math.Min(from.Length, to.Length)].CopyTo(to);

    private static Span<byte> Sector(Random random, Span<byte> content)
    {
        int start = random.Next((content.Length + WalLayout.SectorBytes - 1) / WalLayout.SectorBytes) * WalLayout.SectorBytes;
        return content[start..Math.Min(content.Length, start + WalLayout.SectorBytes)];
    }

    private void Craft(Random random, FileImage file, Span<byte> input)
    {
        Span<byte> content = input.Slice(file.ContentAt, file.Bytes);
        _batches.Clear();
        for (int at = WalLayout.SectorBytes; at < content.Length; at += WalLayout.SectorBytes)
        {
            if (BatchHead.Read(content, at) is { IsWhole: true })
            {
                _batches.Add(at);
            }
        }

        if (content.Length >= WalLayout.SectorBytes && (_batches.Count == 0 || random.Next(6) == 0))
        {
            CraftHeader(random, content);
        }
        else if (_batches.Count > 0)
        {
            CraftBatch(random, content);
        }
    }

    private static void CraftHeader(Random random, Span<byte> sector)
    {
        switch (random.Next(6))
        {
            case 0:
                sector[12] = (byte)random.Next(4);
                break;
            case 1:
                ChangeLong(random, sector[WalLayout.SegmentLogIdAt..]);
                break;
            case 2:
                ChangeLong(random, sector[WalLayout.SegmentFirstLsnAt..]);
                break;
            case 3:
                long bytes = random.Next(3) == 0 ? Mutator.Edge(random) : WalLayout.SectorBytes * random.Next(0, 40);
                BinaryPrimitives.WriteInt64LittleEndian(sector[WalLayout.SegmentBytesAt..], bytes);
                break;
            case 4:
                sector[WalLayout.SegmentFlagsAt] ^= (byte)(random.Next(4) == 0 ? 1 << random.Next(8) : 1);
                break;
            default:
                sector[random.Next(WalLayout.SectorBytes)] = (byte)random.Next(256);
                break;
        }

        WalLayout.SealSegment(sector);
    }

    private void CraftBatch(Random random, Span<byte> content)
    {
        int at = _batches[random.Next(_batches.Count)];
        Span<byte> batch = content[at..];
        int payload = BinaryPrimitives.ReadInt32LittleEndian(batch[WalLayout.BatchPayloadBytesAt..]);
        switch (random.Next(9))
        {
            case 0:
                batch[8] = (byte)random.Next(4);
                break;
            case 1:
                int count = random.Next(2) == 0 ? (int)Mutator.Edge(random) : BinaryPrimitives.ReadInt32LittleEndian(batch[WalLayout.BatchCountAt..]) + random.Next(-1, 2);
                BinaryPrimitives.WriteInt32LittleEndian(batch[WalLayout.BatchCountAt..], count);
                break;
            case 2:
                ChangeLong(random, batch[WalLayout.BatchLogIdAt..]);
                break;
            case 3:
                ChangeLong(random, batch[WalLayout.BatchFirstLsnAt..]);
                break;
            case 4 or 5:
                ChangeLong(random, batch[WalLayout.BatchDurableLsnAt..]);
                break;
            case 6:
                int bytes = random.Next(2) == 0 ? (int)Mutator.Edge(random) : payload + random.Next(-4, 5);
                BinaryPrimitives.WriteInt32LittleEndian(batch[WalLayout.BatchPayloadBytesAt..], bytes);
                break;
            case 7 when payload >= WalLayout.RecordLengthBytes:
                BinaryPrimitives.WriteInt32LittleEndian(batch[WalLayout.BatchHeaderBytes..], random.Next(2) == 0 ? (int)Mutator.Edge(random) : random.Next(payload + 1));
                break;
            default:
                // A batch of this one's kind in the place of another one, or behind all, with an LSN that may fit.
                int target = random.Next(2) == 0 ? _batches[random.Next(_batches.Count)] : random.Next(content.Length / WalLayout.SectorBytes) * WalLayout.SectorBytes;
                Copy(batch[..Math.Min(batch.Length, WalLayout.BatchHeaderBytes + payload)].ToArray(), content[target..]);
                batch = content[target..];
                if (batch.Length >= WalLayout.BatchHeaderBytes)
                {
                    ChangeLong(random, batch[WalLayout.BatchFirstLsnAt..]);
                }

                break;
        }

        if (batch.Length >= WalLayout.BatchHeaderBytes)
        {
            WalLayout.SealBatch(batch);
        }
    }

    private static void ChangeLong(Random random, Span<byte> field)
    {
        long value = BinaryPrimitives.ReadInt64LittleEndian(field);
        value = random.Next(4) == 0 ? Mutator.Edge(random) : unchecked(value + random.Next(-3, 4));
        BinaryPrimitives.WriteInt64LittleEndian(field, value);
    }

    // Another checkpoint, of this log or of another one.
    private static void ChangeStart(Random random, FileImage file, Span<byte> input)
    {
        ulong logId = random.Next(6) switch
        {
            0 => 0,
            1 => 0x1234,
            _ when file.Bytes >= WalLayout.SectorBytes => BinaryPrimitives.ReadUInt64LittleEndian(input[(file.ContentAt + WalLayout.SegmentLogIdAt)..]),
            _ => 0,
        };
        BinaryPrimitives.WriteUInt64LittleEndian(input[8..], logId);
        BinaryPrimitives.WriteUInt32LittleEndian(input[4..], (uint)random.Next(0, 30));
    }

    private sealed class Forget : IWalReplay
    {
        public void Apply(long lsn, ReadOnlySpan<byte> record)
        {
        }

        public void Progress(in WalReplayProgress progress)
        {
        }
    }
}
