using RespKv.Storage.Files;

namespace RespKv.Storage.Inspection;

/// <summary>A file of a <see cref="RehearsalFileSystem"/>: what the disk holds, and over it the pages that were written.</summary>
internal sealed class RehearsalNode(string? diskPath, long length)
{
    private const int PageBytes = 4096;

    /// <summary>Recovery zero-writes whole segments: those pages are one.</summary>
    private static readonly byte[] ZeroPage = new byte[PageBytes];

    // Guards the fields. A file that nobody wrote to is read without it: tables are read by many threads at once.
    private readonly Lock _gate = new();
    private readonly Dictionary<long, byte[]> _pages = [];
    private volatile bool _isChanged;
    private long _length = length;

    /// <summary>Bytes of the file on the disk that still count; behind them are zeros.</summary>
    private long _diskBytes = diskPath is null ? 0 : length;

    internal string? DiskPath { get; } = diskPath;

    internal long Length
    {
        get
        {
            lock (_gate)
            {
                return _length;
            }
        }
    }

    internal int Read(IFile? source, Span<byte> buffer, long offset)
    {
        if (!_isChanged && source is not null)
        {
            return source.Read(buffer, offset);
        }

        lock (_gate)
        {
            int count = (int)Math.Clamp(_length - offset, 0, buffer.Length);
            for (int done = 0; done < count;)
            {
                long at = offset + done;
                int inPage = (int)(at % PageBytes);
                Span<byte> target = buffer.Slice(done, Math.Min(PageBytes - inPage, count - done));
                if (_pages.TryGetValue(at / PageBytes, out byte[]? page))
                {
                    page.AsSpan(inPage, target.Length).CopyTo(target);
                }
                else
                {
                    ReadDisk(source, target, at);
                }

                done += target.Length;
            }

            return count;
        }
    }

    internal void Write(IFile? source, ReadOnlySpan<byte> data, long offset)
    {
        lock (_gate)
        {
            _isChanged = true;
            while (!data.IsEmpty)
            {
                int inPage = (int)(offset % PageBytes);
                ReadOnlySpan<byte> part = data[..Math.Min(PageBytes - inPage, data.Length)];
                WritePage(source, offset / PageBytes, inPage, part);
                data = data[part.Length..];
                offset += part.Length;
                _length = Math.Max(_length, offset);
            }
        }
    }

    internal void SetLength(long bytes)
    {
        lock (_gate)
        {
            _isChanged = true;
            _diskBytes = Math.Min(_diskBytes, bytes);
            if (bytes < _length)
            {
                foreach (long number in _pages.Keys.Where(number => number >= bytes / PageBytes).ToList())
                {
                    CutPage(number, bytes);
                }
            }

            _length = bytes;
        }
    }

    private void CutPage(long number, long bytes)
    {
        int kept = (int)Math.Max(0, bytes - (number * PageBytes));
        if (kept == 0)
        {
            _pages.Remove(number);
            return;
        }

        byte[] page = [.. _pages[number]];
        page.AsSpan(kept).Clear();
        _pages[number] = page;
    }

    private void WritePage(IFile? source, long number, int inPage, ReadOnlySpan<byte> data)
    {
        if (data.Length == PageBytes && !data.ContainsAnyExcept((byte)0))
        {
            _pages[number] = ZeroPage;
            return;
        }

        byte[] page = new byte[PageBytes];
        if (_pages.TryGetValue(number, out byte[]? old))
        {
            old.CopyTo(page, 0);
        }
        else
        {
            ReadDisk(source, page, number * PageBytes);
        }

        data.CopyTo(page.AsSpan(inPage));
        _pages[number] = page;
    }

    private void ReadDisk(IFile? source, Span<byte> target, long offset)
    {
        target.Clear();
        int count = (int)Math.Clamp(_diskBytes - offset, 0, target.Length);
        if (source is not null && count > 0)
        {
            _ = source.Read(target[..count], offset);
        }
    }
}
