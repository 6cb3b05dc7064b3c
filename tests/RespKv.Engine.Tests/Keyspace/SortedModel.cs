using System.Text;
using RespKv.Engine.Keyspace.Collections;

namespace RespKv.Engine.Tests.Keyspace;

/// <summary>A <see cref="SortedIndex"/> beside a sorted list that says what it should hold. Members are Latin-1 texts.</summary>
internal sealed class SortedModel : IElementNames
{
    private readonly List<(double Score, string Member)> _entries = [];
    private readonly Dictionary<ulong, byte[]> _names = [];
    private readonly Dictionary<(double Score, string Member), ulong> _addresses = [];
    private ulong _nextAddress = 1;

    public SortedModel() => Index = new SortedIndex(this);

    public SortedIndex Index { get; }

    public int Count => _entries.Count;

    public ReadOnlySpan<byte> Name(ulong address) => _names[address];

    /// <summary>An element outside of the list, for tests that need no more than its address.</summary>
    public ulong Add(string member)
    {
        _names.Add(_nextAddress, Encoding.Latin1.GetBytes(member));
        return _nextAddress++;
    }

    public void Insert(double score, string member)
    {
        int place = _entries.BinarySearch((score, member), Order);
        if (place < 0)
        {
            _entries.Insert(~place, (score, member));
            ulong address = Add(member);
            _addresses.Add((score, member), address);
            Index.Insert(score, Name(address), address);
        }
    }

    public void RemoveAt(int rank)
    {
        (double score, string member) = _entries[rank];
        Assert.True(Index.Remove(score, Encoding.Latin1.GetBytes(member)));
        Assert.False(Index.Remove(score, Encoding.Latin1.GetBytes(member)));
        _entries.RemoveAt(rank);
        _addresses.Remove((score, member), out ulong address);
        _names.Remove(address);
    }

    public void RemoveSomeOrMiss(Random random)
    {
        Assert.False(Index.Remove(random.Next(100), "not there"u8));
        if (Count > 0)
        {
            RemoveAt(random.Next(Count));
        }
    }

    /// <summary>Ranks and counts of places at and between the entries.</summary>
    public void CheckPlaces(Random random, double[] scores)
    {
        (double score, string member) = Count > 0 && random.Next(4) > 0 ? _entries[random.Next(Count)] : (random.Next(40) - 20, "x");
        byte[] name = Encoding.Latin1.GetBytes(member);
        int below = _entries.FindIndex(entry => Order.Compare(entry, (score, member)) >= 0);
        below = below < 0 ? Count : below;
        bool isThere = below < Count && Order.Compare(_entries[below], (score, member)) == 0;
        Assert.Equal(below, Index.RankOf(score, name));
        Assert.Equal(below, Index.CountBelow(score, name, orEqual: false));
        Assert.Equal(below + (isThere ? 1 : 0), Index.CountBelow(score, name, orEqual: true));
        foreach (double limit in scores.Append(score))
        {
            Assert.Equal(_entries.Count(entry => entry.Score < limit), Index.CountBelow(limit, orEqual: false));
            Assert.Equal(_entries.Count(entry => entry.Score <= limit), Index.CountBelow(limit, orEqual: true));
        }

        if (isThere)
        {
            Assert.Equal(member, Encoding.Latin1.GetString(Name(Index.At(below).Address)));
        }
    }

    public void CheckAll()
    {
        Assert.Equal(Count, Index.Count);
        int rank = 0;
        for (SortedCursor cursor = Index.At(0); cursor.IsValid; cursor.MoveNext())
        {
            Check(cursor, rank++);
        }

        Assert.Equal(Count, rank);
        for (SortedCursor cursor = Index.At(Count - 1); cursor.IsValid; cursor.MovePrevious())
        {
            Check(cursor, --rank);
        }

        Assert.Equal(0, rank);
        for (rank = 0; rank < Count; rank += 97)
        {
            Check(Index.At(rank), rank);
        }
    }

    public IEnumerable<string> Names()
    {
        for (SortedCursor cursor = Index.At(0); cursor.IsValid; cursor.MoveNext())
        {
            yield return Encoding.Latin1.GetString(_names[cursor.Address]);
        }
    }

    private static readonly Comparer<(double Score, string Member)> Order = Comparer<(double Score, string Member)>.Create((a, b)
        => a.Score < b.Score ? -1 : a.Score > b.Score ? 1 : string.CompareOrdinal(a.Member, b.Member));

    private void Check(SortedCursor cursor, int rank)
    {
        (double score, string member) = _entries[rank];
        Assert.Equal(score, cursor.Score);
        Assert.Equal(_addresses[(score, member)], cursor.Address);
    }
}
