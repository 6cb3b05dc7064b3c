using System.Buffers;
using RespKv.Engine.Keyspace.Collections;

namespace RespKv.Engine.Commands.Geo;

/// <summary>A member that was found.</summary>
/// <param name="Point">Where it is.</param>
/// <param name="Meters">How far from the center.</param>
/// <param name="Score">Its score.</param>
/// <param name="Start">Where its name begins among those of all matches.</param>
/// <param name="Length">The name's length.</param>
internal readonly record struct GeoMatch(GeoPoint Point, double Meters, double Score, int Start, int Length);

internal enum GeoOrder : byte
{
    None,
    Nearest,
    Farthest,
}

/// <summary>What a search has found, copied out of the keyspace.</summary>
internal sealed class GeoMatches
{
    private readonly ArrayBufferWriter<byte> _members = new();
    private List<GeoMatch> _matches = [];

    public int Count => _matches.Count;

    public GeoMatch this[int index] => _matches[index];

    public ReadOnlySpan<byte> Member(GeoMatch match) => _members.WrittenSpan.Slice(match.Start, match.Length);

    /// <summary>Searches the cells that cover the shape; stops at that many matches, if it is not 0.</summary>
    public void Search(in SortedSetView view, in GeoShape shape, long limit)
    {
        GeoHash last = default;
        foreach (GeoHash cell in shape.Cells())
        {
            // Where cells are huge, neighbours are the same one.
            if (!cell.IsNone && cell != last && !IsReached(limit))
            {
                SearchCell(view, cell, shape, limit);
                last = cell;
            }
        }
    }

    /// <summary>Sorts, where that is asked for, and leaves no more than so many, if it is not 0.</summary>
    public void SortAndCut(GeoOrder order, long count)
    {
        IEnumerable<GeoMatch> sorted = order switch
        {
            GeoOrder.Nearest => _matches.OrderBy(match => match.Meters),
            GeoOrder.Farthest => _matches.OrderByDescending(match => match.Meters),
            _ => _matches,
        };
        if (order != GeoOrder.None || (count > 0 && count < _matches.Count))
        {
            _matches = [.. sorted.Take(count > 0 ? (int)Math.Min(count, int.MaxValue) : int.MaxValue)];
        }
    }

    private void SearchCell(in SortedSetView view, GeoHash cell, in GeoShape shape, long limit)
    {
        long rank = view.CountBelow(cell.ScoreMin, orEqual: false);
        if (rank == view.Count)
        {
            return;
        }

        SortedSetCursor cursor = view.At(rank);
        do
        {
            double score = cursor.Score;
            if (score >= cell.ScoreEnd)
            {
                return;
            }

            GeoPoint point = GeoHash.FromScore(score).Center();
            if (shape.Contains(point, out double meters))
            {
                Add(point, meters, score, cursor.Member);
            }
        }
        while (!IsReached(limit) && cursor.MoveNext());
    }

    private void Add(GeoPoint point, double meters, double score, ReadOnlySpan<byte> member)
    {
        _matches.Add(new GeoMatch(point, meters, score, _members.WrittenCount, member.Length));
        _members.Write(member);
    }

    private bool IsReached(long limit) => limit > 0 && _matches.Count >= limit;
}
