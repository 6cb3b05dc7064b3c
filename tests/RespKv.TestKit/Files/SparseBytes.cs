namespace RespKv.TestKit.Files;

/// <summary>
/// Bytes of a file of which only pages that are not all zeros take memory: zero-written segments are free. A copy shares
/// the pages until one side writes to them, so that a disk can be copied once for every call that is made to it. A page
/// or a table that is shared is never written again by anybody, which lets copies live on other threads.
/// </summary>
internal sealed class SparseBytes
{
    private const int PageBytes = 4096;

    // By page number; null is zeros.
    private byte[]?[] _pages = [];

    // By page number: nobody else has the page. Null while the table itself is shared.
    private bool[]? _own = [];

    internal void Read(Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            int from = (int)(offset % PageBytes);
            int count = Math.Min(destination.Length, PageBytes - from);
            if (Find(offset / PageBytes) is { } page)
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

    /// <summary>Takes a range over from another one; whole pages are shared with it.</summary>
    internal void CopyFrom(SparseBytes source, long start, long end)
    {
        while (start < end)
        {
            long number = start / PageBytes;
            int from = (int)(start % PageBytes);
            int count = (int)Math.Min(end - start, PageBytes - from);
            byte[]? page = source.Find(number);
            if (count == PageBytes)
            {
                Share(source, number, page);
            }
            else if (page is not null)
            {
                WritePage(number, from, page.AsSpan(from, count));
            }
            else if (Find(number) is not null)
            {
                OwnPage(number).AsSpan(from, count).Clear();
            }

            start += count;
        }
    }

    internal void Truncate(long length)
    {
        long whole = length / PageBytes;
        int kept = (int)(length % PageBytes);
        if (kept > 0 && Find(whole) is { } last && last.AsSpan(kept).ContainsAnyExcept((byte)0))
        {
            OwnPage(whole).AsSpan(kept).Clear();
        }

        for (long number = whole + (kept > 0 ? 1 : 0); number < _pages.Length; number++)
        {
            if (_pages[number] is not null)
            {
                OwnTable(number);
                _pages[number] = null;
            }
        }
    }

    internal SparseBytes Copy()
    {
        _own = null;
        return new SparseBytes { _pages = _pages, _own = null };
    }

    private byte[]? Find(long number) => number < _pages.Length ? _pages[number] : null;

    private void WritePage(long number, int from, ReadOnlySpan<byte> source)
    {
        if (Find(number) is not null || source.ContainsAnyExcept((byte)0))
        {
            source.CopyTo(OwnPage(number).AsSpan(from));
        }
    }

    private void Share(SparseBytes source, long number, byte[]? page)
    {
        if (page is null && Find(number) is null)
        {
            return;
        }

        bool[] own = OwnTable(number);
        _pages[number] = page;
        own[number] = false;
        if (page is not null && source._own is { } sourceOwn)
        {
            sourceOwn[number] = false;
        }
    }

    private byte[] OwnPage(long number)
    {
        bool[] own = OwnTable(number);
        byte[]? page = _pages[number];
        if (page is null || !own[number])
        {
            page = page is null ? new byte[PageBytes] : (byte[])page.Clone();
            _pages[number] = page;
            own[number] = true;
        }

        return page;
    }

    private bool[] OwnTable(long number)
    {
        if (_own is null)
        {
            _pages = (byte[]?[])_pages.Clone();
            _own = new bool[_pages.Length];
        }

        if (number >= _pages.Length)
        {
            int length = checked((int)Math.Max(number + 1, _pages.Length * 2L));
            Array.Resize(ref _pages, length);
            Array.Resize(ref _own, length);
        }

        return _own;
    }
}
