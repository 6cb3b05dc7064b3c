using RespKv.Fuzz.Disk;
using RespKv.Fuzz.Running;
using RespKv.Storage.Tables;

namespace RespKv.Fuzz.Tables;

/// <summary>
/// The table reader: any change of a byte is seen by Verify; a table that it takes, crafted or not, has its entries in order, both ways,
/// and finds each of them; and whatever the bytes are, nothing but the exception for corruption comes.
/// </summary>
internal sealed class TableTarget : IFuzzTarget
{
    private const string FileName = "table-0000000001.tbl";

    private readonly TableMaker _maker = new();
    private readonly MemoryFiles _files = new();
    private readonly List<byte[]> _keys = [];
    private readonly List<int> _backwards = [];

    /// <summary>
    /// The largest size that a compressed block may claim (64 MiB), for each of verifier, cursor and walk; the reading ahead of the
    /// verifier (1 MiB) and the search of the walk (256 KiB at each damaged stretch).
    /// </summary>
    public long AllocatedBytesMax => (3L * (64 << 20)) + (16 << 20);

    /// <summary>A damaged stretch of some bytes costs the walk a window of 256 KiB.</summary>
    public long AllocatedPerInputByte => 16 << 10;

    public void Make(Random random, ReadOnlySpan<byte> parent, ReadOnlySpan<byte> other, InputBuffer input) => _maker.Make(random, parent, other, input);

    public void Run(ReadOnlySpan<byte> input, RunResult result)
    {
        ReadOnlySpan<byte> file = input[Math.Min(TableMaker.HeadBytes, input.Length)..];
        _files.Clear();
        _files.Put(FileName, file);
        result.Enter();
        string? problem = Verify(file.Length, out long entries);
        result.Leave();
        result.Feature(problem ?? "");
        bool isIntact = TableMaker.IsIntact(input);
        if (!TableMaker.IsCrafted(input) && isIntact != (problem is null))
        {
            throw new FindingException(isIntact ? $"what the writer wrote is refused: {problem}" : "a damaged table is taken");
        }

        result.Enter();
        Walk(file.Length, problem, entries, result);
        result.Leave();
        result.Outcome(problem is null ? isIntact ? "sound, as written" : "sound, crafted" : "refused");
        if (_files.OpenFiles != 0)
        {
            throw new FindingException($"{_files.OpenFiles} files were left open");
        }
    }

    public string Describe(ReadOnlySpan<byte> input)
        => $"crafted {TableMaker.IsCrafted(input)}, as written {TableMaker.IsIntact(input)}, {Math.Max(0, input.Length - TableMaker.HeadBytes)} bytes of table";

    private string? Verify(int fileBytes, out long entries)
    {
        entries = 0;
        try
        {
            using TableReader table = TableReader.Open(_files, FileName);
            entries = table.Properties.Entries;
            string? problem = null;
            try
            {
                table.Verify(null, CancellationToken.None);
            }
            catch (TableCorruptionException e)
            {
                problem = e.Problem;
            }

            try
            {
                Read(table, fileBytes, problem is null);
            }
            catch (TableCorruptionException e) when (problem is not null)
            {
                problem += e.Problem;
            }

            return problem;
        }
        catch (TableCorruptionException e)
        {
            return e.Problem;
        }
    }

    // Unsound tables are read as well: a reader meets the damage in the middle of its work.
    private void Read(TableReader table, int fileBytes, bool isSound)
    {
        _keys.Clear();
        using TableCursor cursor = table.OpenCursor();
        for (bool more = cursor.SeekFirst(); more; more = cursor.Next())
        {
            if (isSound && _keys.Count > 0 && cursor.Key.SequenceCompareTo(_keys[^1]) <= 0)
            {
                throw new FindingException($"key {_keys.Count} is not above the one before it");
            }

            _ = cursor.Entry.Bytes.Length;
            _keys.Add(cursor.Key.ToArray());
            ThrowIfEndless(_keys.Count, fileBytes);
        }

        int steps = 0;
        for (bool more = cursor.SeekLast(); more; more = cursor.Previous())
        {
            steps++;
            if (isSound && (steps > _keys.Count || !cursor.Key.SequenceEqual(_keys[^steps])))
            {
                throw new FindingException($"backwards, key {steps} is another one than forwards");
            }

            ThrowIfEndless(steps, fileBytes);
        }

        if (isSound && (steps != _keys.Count || steps != table.Properties.Entries))
        {
            throw new FindingException($"{_keys.Count} entries forwards, {steps} backwards, {table.Properties.Entries} by the properties");
        }

        for (int i = 0; i < _keys.Count; i++)
        {
            Seek(table, cursor, i, isSound);
        }
    }

    private void Seek(TableReader table, TableCursor cursor, int i, bool isSound)
    {
        byte[] key = _keys[i];
        bool found = cursor.Seek(key) && cursor.Key.SequenceEqual(key) && table.MayContain(key);
        found &= cursor.SeekAtMost(key) && cursor.Key.SequenceEqual(key);

        // Between this key and the next one.
        byte[] above = [.. key, 0];
        bool isNext = i + 1 < _keys.Count && _keys[i + 1].AsSpan().SequenceEqual(above);
        found &= isNext || (cursor.SeekAtMost(above) && cursor.Key.SequenceEqual(key));
        found &= cursor.Seek(above) ? i + 1 < _keys.Count && cursor.Key.SequenceEqual(_keys[i + 1]) : i + 1 == _keys.Count;
        if (isSound && !found)
        {
            throw new FindingException($"key {i} of {_keys.Count} is not found where it is");
        }
    }

    private void Walk(int fileBytes, string? problem, long entries, RunResult result)
    {
        using var walk = new TableWalk(_files, FileName);
        long end = 0;
        int count = 0;
        int problems = 0;
        int stretches = 0;
        while (walk.NextBlock())
        {
            if (walk.Offset != end || walk.Bytes < 0)
            {
                throw new FindingException($"a block at {walk.Offset} of {walk.Bytes} bytes follows one that ends at {end}");
            }

            end = walk.Offset + walk.Bytes;
            ThrowIfEndless(++stretches, fileBytes + 1);
            while (walk.NextEntry())
            {
                _ = walk.Key.Length + walk.Entry.Bytes.Length;
                ThrowIfEndless(++count, fileBytes);
            }

            problems += walk.Problem is null ? 0 : 1;
        }

        result.Feature((ulong)Math.Min(problems, 4));

        if (end != fileBytes)
        {
            throw new FindingException($"the walk ends at {end} of {fileBytes}");
        }

        if (problem is null && (problems > 0 || count != entries))
        {
            throw new FindingException($"the walk finds {problems} problems and {count} entries in a sound table of {entries}");
        }
    }

    // Every entry takes some bytes of its block, so a reader that gives more entries than the file has bytes does not end. Compressed
    // blocks hold more than they have bytes: at most what they may claim.
    private static void ThrowIfEndless(int steps, int fileBytes)
    {
        if (steps > fileBytes * 2000L)
        {
            throw new FindingException($"{steps} steps in a file of {fileBytes} bytes");
        }
    }
}
