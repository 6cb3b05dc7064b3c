using System.Buffers;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Commands.Keys;

/// <summary>
/// Gathers the entries of a walk that KEYS or SCAN reply with, since a reply begins with its count. Entries stay valid until a
/// mutation, which a read command cannot make.
/// </summary>
internal ref struct EntryCollector : IEntryVisitor, IDisposable
{
    /// <summary>Enough for SCAN's usual COUNT.</summary>
    private const int FirstCapacity = 64;

    private readonly ReadContext _context;
    private readonly ReadOnlySpan<byte> _pattern;
    private readonly ReadOnlySpan<byte> _typeName;
    private readonly bool _hasPattern;
    private readonly bool _hasType;
    private Entry[] _entries;
    private int _count;

    /// <summary>Collects what has not expired and matches.</summary>
    /// <param name="context">The running command.</param>
    /// <param name="pattern">A glob for the keys.</param>
    /// <param name="hasType">Whether only one type is wanted.</param>
    /// <param name="typeName">That type's name, in any case; an unknown one matches nothing.</param>
    public EntryCollector(ReadContext context, ReadOnlySpan<byte> pattern, bool hasType = false, ReadOnlySpan<byte> typeName = default)
    {
        _context = context;
        _pattern = pattern;
        _hasPattern = !GlobPattern.IsAll(pattern);
        _hasType = hasType;
        _typeName = typeName;
        _entries = ArrayPool<Entry>.Shared.Rent(FirstCapacity);
    }

    public readonly ReadOnlySpan<Entry> Entries => _entries.AsSpan(0, _count);

    public void Visit(Entry entry)
    {
        bool isWanted = !_context.IsExpired(entry)
            && (!_hasPattern || GlobPattern.Matches(_pattern, _context.KeyOf(entry)))
            && (!_hasType || _typeName.Is(TypeNames.Of(_context.Type(entry))));
        if (!isWanted)
        {
            return;
        }

        if (_count == _entries.Length)
        {
            Grow();
        }

        _entries[_count++] = entry;
    }

    /// <summary>Replies with the keys of the collected entries.</summary>
    public readonly void ReplyKeys()
    {
        _context.Reply.ArrayHeader(_count);
        foreach (Entry entry in Entries)
        {
            _context.Reply.Bulk(_context.KeyOf(entry));
        }
    }

    public readonly void Dispose() => ArrayPool<Entry>.Shared.Return(_entries);

    private void Grow()
    {
        Entry[] larger = ArrayPool<Entry>.Shared.Rent(_count * 2);
        Entries.CopyTo(larger);
        ArrayPool<Entry>.Shared.Return(_entries);
        _entries = larger;
    }
}
