namespace RespKv.TestKit.Files;

/// <summary>Bytes of a file of which only pages that are not all zeros take memory: zero-written segments are free.</summary>
internal sealed class SparseBytes
{
    private const int PageBytes = 4096;

    private readonly Dictionary<long, byte[]> _pages = [];

    internal void Read(Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            int from = (int)(offset % PageBytes);
            int count = Math.Min(destination.Length, PageBytes - from);
            if (_pages.TryGetValue(offset / PageBytes, out byte[]? page))
            {
                page.AsSpan(from, count).CopyTo(destination);
            }
            else
            {
                destination[..count].Clear();
            }

            destination = destination[count..];
            offset += count;
        }
    }

    internal void Write(ReadOnlySpan<byte> source, long offset)
    {
        while (!source.IsEmpty)
        {
            int from = (int)(offset % PageBytes);
            int count = Math.Min(source.Length, PageBytes - from);
            WritePage(offset / PageBytes, from, source[..count]);
            source = source[count..];
            offset += count;
        }
    }

    /// <summary>Takes a range over from another one.</summary>
    internal void CopyFrom(SparseBytes source, long start, long end)
    {
        while (start < end)
        {
            long number = start / PageBytes;
            int from = (int)(start % PageBytes);
            int count = (int)Math.Min(end - start, PageBytes - from);
            if (source._pages.TryGetValue(number, out byte[]? page))
            {
                WritePage(number, from, page.AsSpan(from, count));
            }
            else if (_pages.TryGetValue(number, out byte[]? own))
            {
                own.AsSpan(from, count).Clear();
            }

            start += count;
        }
    }

    internal void Truncate(long length)
    {
        foreach (long number in _pages.Keys.Where(number => (number + 1) * PageBytes > length).ToList())
        {
            long kept = length - (number * PageBytes);
            if (kept <= 0)
            {
                _pages.Remove(number);
            }
            else
            {
                _pages[number].AsSpan((int)kept).Clear();
            }
        }
    }

    internal SparseBytes Copy()
    {
        var copy = new SparseBytes();
        foreach ((long number, byte[] page) in _pages)
        {
            copy._pages[number] = (byte[])page.Clone();
        }

        return copy;
    }

    private void WritePage(long number, int from, ReadOnlySpan<byte> source)
    {
        if (!_pages.TryGetValue(number, out byte[]? page))
        {
            if (!source.ContainsAnyExcept((byte)0))
            {
                return;
            }

            page = new byte[PageBytes];
            _pages[number] = page;
        }

        source.CopyTo(page.AsSpan(from));
    }
}
