namespace RespKv.TestKit.Files;

/// <summary>
/// A file's bytes twice: as the page cache shows them, and as the disk holds them. A sector that differs is pending (the
/// next sync brings it to the disk, a crash may do anything to it) or lost (a sync of it failed: it counts as clean, no
/// later sync brings it, and the cache shows it until it is dropped). Changes of the length wait in their order; a failed
/// sync leaves them waiting. Guarded by the file system's lock.
/// </summary>
internal sealed class SimulatedInode
{
    internal const int SectorBytes = 512;

    private readonly SparseBytes _cache;
    private readonly SparseBytes _disk;
    private readonly SectorRanges _lost;
    private readonly List<long> _lengths = [];
    private readonly List<SyncInFlight> _flights = [];
    private SectorRanges _pending;
    private long _diskLength;

    internal SimulatedInode()
        : this(new SparseBytes(), new SparseBytes(), new SectorRanges(), new SectorRanges(), 0)
    {
    }

    private SimulatedInode(SparseBytes cache, SparseBytes disk, SectorRanges pending, SectorRanges lost, long length)
    {
        _cache = cache;
        _disk = disk;
        _pending = pending;
        _lost = lost;
        _diskLength = length;
        Length = length;
    }

    internal long Length { get; private set; }

    internal long PendingSectors => Unsynced().Count;

    /// <summary>A crash has nothing to draw about it.</summary>
    internal bool IsClean => _pending.IsEmpty && _lengths.Count == 0 && _flights.Count == 0;

    internal int Read(Span<byte> buffer, long offset)
    {
        int count = (int)Math.Clamp(Length - offset, 0, buffer.Length);
        _cache.Read(buffer[..count], offset);
        return count;
    }

    internal void Write(ReadOnlySpan<byte> data, long offset)
    {
        if (data.IsEmpty)
        {
            return;
        }

        _cache.Write(data, offset);
        ChangeLength(Math.Max(Length, offset + data.Length));
        long from = offset / SectorBytes;
        long to = SectorsOf(offset + data.Length);
        _pending.Add(from, to);
        _lost.Remove(from, to);
    }

    internal void SetLength(long length)
    {
        if (length < Length)
        {
            _cache.Truncate(length);
            _pending.Remove(SectorsOf(length), long.MaxValue);
            _lost.Remove(SectorsOf(length), long.MaxValue);
            _flights.ForEach(flight => flight.Sectors.Remove(SectorsOf(length), long.MaxValue));
        }

        ChangeLength(length);
    }

    internal SyncInFlight BeginSync()
    {
        var flight = new SyncInFlight(_pending, _cache.Copy(), _lengths.Count);
        _pending = new SectorRanges();
        _flights.Add(flight);
        return flight;
    }

    /// <summary>Brings it to the disk, and with it the syncs that began before it: it would have waited for their pages.</summary>
    internal void EndSync(SyncInFlight flight)
    {
        int last = _flights.IndexOf(flight);
        for (int index = 0; index <= last; index++)
        {
            ApplyLengths(_flights[index].Lengths);
            foreach ((long from, long to) in _flights[index].Sectors.Ranges)
            {
                Copy(_flights[index].Bytes, _disk, from, to);
            }
        }

        _flights.RemoveRange(0, last + 1);
    }

    /// <summary>Its sectors count as clean. Which of them reached the disk is drawn, or none did.</summary>
    internal void FailSync(SyncInFlight flight, Random? random)
    {
        if (!_flights.Remove(flight))
        {
            return;
        }

        double reached = random?.Next(3) / 2.0 ?? 0;
        foreach ((long from, long to) in flight.Sectors.Ranges)
        {
            _lost.Add(from, to);
            for (long sector = from; sector < to && reached > 0; sector++)
            {
                if (random!.NextDouble() < reached)
                {
                    Copy(flight.Bytes, _disk, sector, sector + 1);
                }
            }
        }

        _lost.Remove(Unsynced());
    }

    /// <summary>As if it had not begun.</summary>
    internal void AbandonSync(SyncInFlight flight)
    {
        if (_flights.Remove(flight))
        {
            _pending.Add(flight.Sectors);
        }
    }

    internal void DropCache()
    {
        foreach ((long from, long to) in _lost.Ranges)
        {
            Copy(_disk, _cache, from, to);
        }

        _cache.Truncate(Length);
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
        ApplyLengths(_lengths.Count);
    }

    /// <summary>As the machine goes on and the process does not: what was being synced is pending again.</summary>
    internal SimulatedInode Copy()
    {
        var copy = new SimulatedInode(_cache.Copy(), _disk.Copy(), Unsynced(), _lost.Copy(), _diskLength) { Length = Length };
        copy._lengths.AddRange(_lengths);
        return copy;
    }

    /// <summary>What is left after a power cut. Draws nothing when clean.</summary>
    internal SimulatedInode Survivor(Random random, CrashOdds odds)
    {
        SparseBytes disk = _disk.Copy();
        long length = _diskLength;
        int changes = odds.DrawLengths(_lengths.Count, random);
        for (int index = 0; index < changes; index++)
        {
            length = _lengths[index];
            disk.Truncate(length);
        }

        foreach (SyncInFlight flight in _flights)
        {
            Survive(disk, flight.Sectors, flight.Bytes, random, odds);
        }

        Survive(disk, _pending, _cache, random, odds);
        if (!IsClean)
        {
            disk.Truncate(length);
        }

        return new SimulatedInode(disk.Copy(), disk, new SectorRanges(), new SectorRanges(), length);
    }

    private static void Survive(SparseBytes disk, SectorRanges sectors, SparseBytes written, Random random, CrashOdds odds)
    {
        foreach ((long from, long to) in sectors.Ranges)
        {
            if (odds.Sectors >= 1)
            {
                Copy(written, disk, from, to);
                continue;
            }

            for (long sector = from; sector < to && odds.Sectors + odds.Garbled > 0; sector++)
            {
                Survive(disk, sector, written, random, odds);
            }
        }
    }

    private static void Survive(SparseBytes disk, long sector, SparseBytes written, Random random, CrashOdds odds)
    {
        switch (odds.DrawSector(random))
        {
            case SectorFate.Kept:
                Copy(written, disk, sector, sector + 1);
                break;
            case SectorFate.Garbled:
                Garble(disk, sector, written, random);
                break;
            default:
                break;
        }
    }

    // Half of the time torn (the beginning is new, the rest old), else noise.
    private static void Garble(SparseBytes disk, long sector, SparseBytes written, Random random)
    {
        Span<byte> bytes = stackalloc byte[SectorBytes];
        int torn = random.Next(2) == 0 ? random.Next(1, SectorBytes) : 0;
        if (torn > 0)
        {
            bytes = bytes[..torn];
            written.Read(bytes, sector * SectorBytes);
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

    private static long SectorsOf(long bytes) => (bytes + SectorBytes - 1) / SectorBytes;

    private SectorRanges Unsynced()
    {
        SectorRanges all = _pending.Copy();
        foreach (SyncInFlight flight in _flights)
        {
            all.Add(flight.Sectors);
        }

        return all;
    }

    private void ChangeLength(long length)
    {
        if (length != Length)
        {
            Length = length;
            _lengths.Add(length);
        }
    }

    // Bytes behind a length that was once set are gone, also when the file has grown again since.
    private void ApplyLengths(int count)
    {
        for (int index = 0; index < count; index++)
        {
            _disk.Truncate(_lengths[index]);
            _diskLength = _lengths[index];
        }

        _lengths.RemoveRange(0, count);
        foreach (SyncInFlight flight in _flights)
        {
            flight.Lengths = Math.Max(0, flight.Lengths - count);
        }
    }
}
