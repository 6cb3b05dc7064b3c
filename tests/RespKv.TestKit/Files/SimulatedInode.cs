namespace RespKv.TestKit.Files;

/// <summary>
/// A file's bytes twice: as the page cache shows them, and as the disk holds them. A sector that differs is pending (the
/// next sync brings it to the disk, a crash may do anything to it) or lost (a sync of it failed: it counts as clean, and
/// no later sync brings it). Guarded by the file system's lock.
/// </summary>
internal sealed class SimulatedInode
{
    internal const int SectorBytes = 512;

    private readonly SparseBytes _cache;
    private readonly SparseBytes _disk;
    private readonly SectorRanges _pending;
    private readonly SectorRanges _lost;
    private long _diskLength;

    internal SimulatedInode()
        : this(new SparseBytes(), new SparseBytes(), new SectorRanges(), new SectorRanges())
    {
    }

    private SimulatedInode(SparseBytes cache, SparseBytes disk, SectorRanges pending, SectorRanges lost)
    {
        _cache = cache;
        _disk = disk;
        _pending = pending;
        _lost = lost;
    }

    internal long Length { get; private set; }

    internal long PendingSectors => _pending.Count;

    internal int Read(Span<byte> buffer, long offset)
    {
        int count = (int)Math.Clamp(Length - offset, 0, buffer.Length);
        _cache.Read(buffer[..count], offset);
        return count;
    }

    internal void Write(ReadOnlySpan<byte> data, long offset)
    {
        _cache.Write(data, offset);
        Length = Math.Max(Length, offset + data.Length);
        long from = offset / SectorBytes;
        long to = (offset + data.Length + SectorBytes - 1) / SectorBytes;
        if (to > from)
        {
            _pending.Add(from, to);
            _lost.Remove(from, to);
        }
    }

    internal void SetLength(long length)
    {
        _cache.Truncate(length);
        Length = length;
    }

    /// <summary>What a sync that starts now is about.</summary>
    internal SectorRanges Pending() => _pending.Copy();

    internal void Sync(SectorRanges sectors)
    {
        foreach ((long from, long to) in sectors.Ranges)
        {
            Copy(_cache, _disk, from, to);
            _pending.Remove(from, to);
        }

        if (Length < _diskLength)
        {
            _disk.Truncate(Length);
        }

        _diskLength = Length;
    }

    internal void FailSync(SectorRanges sectors)
    {
        foreach ((long from, long to) in sectors.Ranges)
        {
            _lost.Add(from, to);
            _pending.Remove(from, to);
        }
    }

    internal void DropCache()
    {
        foreach ((long from, long to) in _lost.Ranges)
        {
            Copy(_disk, _cache, from, to);
        }

        _lost.Clear();
    }

    /// <summary>Changes what the disk holds, behind everybody's back.</summary>
    internal void Damage(ReadOnlySpan<byte> data, long offset)
    {
        _cache.Write(data, offset);
        _disk.Write(data, offset);
    }

    internal void DamageLength(long length)
    {
        SetLength(length);
        _disk.Truncate(length);
        _diskLength = length;
        _pending.Remove((length + SectorBytes - 1) / SectorBytes, long.MaxValue);
    }

    internal SimulatedInode Copy()
    {
        return new SimulatedInode(_cache.Copy(), _disk.Copy(), _pending.Copy(), _lost.Copy())
        {
            Length = Length,
            _diskLength = _diskLength,
        };
    }

    /// <summary>What is left after a power cut.</summary>
    internal SimulatedInode Survivor(Random random, CrashOdds odds)
    {
        SparseBytes disk = _disk.Copy();
        foreach ((long from, long to) in _pending.Ranges)
        {
            for (long sector = from; sector < to; sector++)
            {
                Survive(disk, sector, random, odds);
            }
        }

        long length = random.Next(2) == 0 ? Length : _diskLength;
        disk.Truncate(length);
        return new SimulatedInode(disk.Copy(), disk, new SectorRanges(), new SectorRanges()) { Length = length, _diskLength = length };
    }

    private void Survive(SparseBytes disk, long sector, Random random, CrashOdds odds)
    {
        switch (odds.Draw(random))
        {
            case SectorFate.Kept:
                Copy(_cache, disk, sector, sector + 1);
                break;
            case SectorFate.Garbled:
                Garble(disk, sector, random);
                break;
            default:
                break;
        }
    }

    // Half of the time torn (the beginning is new, the rest old), else noise.
    private void Garble(SparseBytes disk, long sector, Random random)
    {
        Span<byte> bytes = stackalloc byte[SectorBytes];
        int torn = random.Next(2) == 0 ? random.Next(1, SectorBytes) : 0;
        if (torn > 0)
        {
            bytes = bytes[..torn];
            _cache.Read(bytes, sector * SectorBytes);
        }
        else
        {
            random.NextBytes(bytes);
        }

        disk.Write(bytes, sector * SectorBytes);
    }

    private static void Copy(SparseBytes source, SparseBytes target, long from, long to)
    {
        target.CopyFrom(source, from * SectorBytes, to * SectorBytes);
    }
}

internal enum SectorFate
{
    Dropped,
    Kept,
    Garbled,
}

/// <summary>How likely a pending sector survives. Drawn once per crash, so that "all kept" and "none kept" come up too.</summary>
internal readonly record struct CrashOdds(double Kept, double Garbled)
{
    internal static CrashOdds Draw(int number) => (number % 5) switch
    {
        0 => new CrashOdds(0, 0),
        1 => new CrashOdds(1, 0),
        2 => new CrashOdds(0.5, 0),
        3 => new CrashOdds(0.9, 0.05),
        _ => new CrashOdds(0.4, 0.3),
    };

    internal SectorFate Draw(Random random)
    {
        double draw = random.NextDouble();
        if (draw < Kept)
        {
            return SectorFate.Kept;
        }

        return draw < Kept + Garbled ? SectorFate.Garbled : SectorFate.Dropped;
    }
}
