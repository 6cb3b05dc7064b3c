using RespKv.Storage.Files;
using RespKv.Storage.Wal;

namespace RespKv.Storage.Inspection;

/// <summary>What a stretch of a segment file is.</summary>
public enum WalPieceKind
{
    /// <summary>A whole batch, of whatever log and time.</summary>
    Batch,

    /// <summary>Sectors that are no batch: torn, damaged, or the rest of an older batch that was written over.</summary>
    Damage,

    /// <summary>Sectors of zeros.</summary>
    Zeros,
}

/// <summary>What a segment file says about itself.</summary>
/// <param name="Path">The file.</param>
/// <param name="NameLsn">First LSN by its name.</param>
/// <param name="FileBytes">Length of the file.</param>
/// <param name="HeaderProblem">Null when the header is sound and agrees with the name; then the rest is set.</param>
/// <param name="LogId">By the header.</param>
/// <param name="FirstLsn">By the header.</param>
/// <param name="SegmentBytes">By the header.</param>
public sealed record WalFileFacts(
    string Path, long NameLsn, long FileBytes, string? HeaderProblem, ulong LogId, long FirstLsn, long SegmentBytes);

/// <summary>
/// Reads a segment file front to back and goes on behind what is damaged, sector by sector: for check, dump and repair,
/// where recovery would stop. Says what stands where; whether it belongs to the log is <see cref="WalChain"/>'s to say.
/// Not thread safe.
/// </summary>
public sealed class WalFileWalk : IDisposable
{
    private readonly IFile _file;
    private readonly WalSegmentReader _reader;
    private WalBatchHeader _header;
    private long _next = WalFormat.SegmentHeaderBytes;

    // Sectors of zeros behind damage that were passed while looking for its end; the next piece.
    private long _zerosUntil;

    public WalFileWalk(IFileSystem files, string path)
    {
        _ = WalNames.TryParseSegment(System.IO.Path.GetFileName(path), out long nameLsn);
        _file = files.Open(path, FileOpenKind.Read);
        try
        {
            Facts = ReadFacts(path, nameLsn);
            long end = Facts.HeaderProblem is null ? Math.Min(Facts.FileBytes, Facts.SegmentBytes) : Facts.FileBytes;
            _reader = new WalSegmentReader(_file, GC.AllocateUninitializedArray<byte>((int)Math.Clamp(end, WalFormat.SectorBytes, WalSegmentReader.BufferBytes)), end);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public WalFileFacts Facts { get; }

    public WalPieceKind Kind { get; private set; }

    /// <summary>Where the piece begins.</summary>
    public long Offset { get; private set; }

    /// <summary>Its size, padding included.</summary>
    public long Bytes { get; private set; }

    /// <summary>Of damage: what was found at its beginning. Otherwise empty.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>A batch without records: the end of a clean shutdown.</summary>
    public bool IsSeal => _header.Kind == WalBatchKind.Seal;

    /// <summary>Of a batch.</summary>
    public ulong LogId => _header.LogId;

    /// <summary>Of a batch; for a seal the LSN that comes next.</summary>
    public long FirstLsn => _header.FirstLsn;

    /// <summary>Of a batch: its records.</summary>
    public int Count => _header.Count;

    /// <summary>Of a batch: what it says was durable when it was written.</summary>
    public long DurableLsn => _header.DurableLsn;

    /// <summary>Of a batch: without header and padding.</summary>
    public int PayloadBytes => _header.PayloadBytes;

    /// <summary>Goes to the next piece; false at the end of the file.</summary>
    public bool Next()
    {
        Problem = "";
        if (_next >= _reader.End)
        {
            return false;
        }

        Offset = _next;
        WalBatchState state = _reader.ReadBatch(_next, out _header, out _);
        if (state == WalBatchState.Valid)
        {
            Kind = WalPieceKind.Batch;
            _next += _header.AlignedBytes;
        }
        else if (_zerosUntil > _next || IsZero(_next))
        {
            Kind = WalPieceKind.Zeros;
            _next = Math.Max(_zerosUntil, SkipZeros(_next));
        }
        else
        {
            Kind = WalPieceKind.Damage;
            Problem = new WalChainEnd(_next, state, false).Description;
            _next = SkipDamage(_next);
        }

        Bytes = Math.Min(_next, _reader.End) - Offset;
        return true;
    }

    /// <summary>The records of the current batch; valid until the next move.</summary>
    public WalRecords Records()
    {
        if (Kind != WalPieceKind.Batch)
        {
            throw new InvalidOperationException("the piece is not a batch");
        }

        ReadOnlySpan<byte> batch = _reader.Peek(Offset, WalFormat.BatchHeaderBytes + _header.PayloadBytes);
        return new WalRecords(Facts.Path, Offset, FirstLsn, Count, batch[WalFormat.BatchHeaderBytes..]);
    }

    public void Dispose() => _file.Dispose();

    private WalFileFacts ReadFacts(string path, long nameLsn)
    {
        Span<byte> sector = stackalloc byte[WalFormat.SegmentHeaderBytes];
        sector = sector[.._file.Read(sector, 0)];
        bool isHeader = WalSegmentHeader.TryRead(sector, out WalSegmentHeader header, out uint version);
        string? problem = (isHeader, version) switch
        {
            (false, _) => "the segment's header is damaged",
            (true, not WalFormat.Version) => $"the segment has format version {version}, this program reads version {WalFormat.Version}",
            _ when header.FirstLsn != nameLsn && nameLsn != 0 => $"the segment's header says that it begins with LSN {header.FirstLsn}",
            _ when header.SegmentBytes is < WalFormat.SegmentBytesMin or > WalFormat.SegmentBytesMax || header.SegmentBytes % WalFormat.SectorBytes != 0
                => $"the segment's header gives an impossible size, {header.SegmentBytes} bytes",
            _ => null,
        };
        return new WalFileFacts(path, nameLsn, _file.Length, problem, header.LogId, header.FirstLsn, header.SegmentBytes);
    }

    private bool IsZero(long offset) => !_reader.Peek(offset, WalFormat.SectorBytes).ContainsAnyExcept((byte)0);

    private long SkipZeros(long offset)
    {
        while (offset < _reader.End)
        {
            ReadOnlySpan<byte> chunk = _reader.PeekChunk(offset);
            int nonZero = chunk.IndexOfAnyExcept((byte)0);
            if (nonZero >= 0)
            {
                return offset + (nonZero / WalFormat.SectorBytes * WalFormat.SectorBytes);
            }

            if (chunk.IsEmpty)
            {
                break;
            }

            // Whole sectors only: the piece after this one begins on a border too.
            offset += Math.Max(WalFormat.SectorBytes, chunk.Length / WalFormat.SectorBytes * (long)WalFormat.SectorBytes);
        }

        return _reader.End;
    }

    // Ends at the next whole batch; zeros in front of that, or of the end of the file, are not damage.
    private long SkipDamage(long offset)
    {
        long damageEnd = offset + WalFormat.SectorBytes;
        offset = damageEnd;
        while (offset < _reader.End && _reader.ReadBatch(offset, out _, out _) != WalBatchState.Valid)
        {
            if (IsZero(offset))
            {
                offset = SkipZeros(offset);
            }
            else
            {
                offset += WalFormat.SectorBytes;
                damageEnd = offset;
            }
        }

        _zerosUntil = Math.Min(offset, _reader.End);
        return Math.Min(damageEnd, _reader.End);
    }
}
