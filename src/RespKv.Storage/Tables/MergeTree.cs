namespace RespKv.Storage.Tables;

/// <summary>
/// A tree of losers (Knuth, The Art of Computer Programming 3, 5.4.1) over the lanes: the lane with the next key wins, of
/// equal keys the one with the newest version. Lane i is leaf i + n; node i has the children 2i and 2i + 1. A node keeps
/// who lost there, and whether that was a tie of keys: so it costs nothing to know that the winner's key is in no other lane.
/// </summary>
internal sealed class MergeTree
{
    private const int None = -1;

    private readonly MergeLane[] _lanes;
    private readonly int[] _losers;
    private readonly bool[] _ties;
    private int _winner = None;
    private bool _isForward;

    internal MergeTree(MergeLane[] lanes)
    {
        _lanes = lanes;
        _losers = new int[lanes.Length];
        _ties = new bool[lanes.Length];
    }

    /// <summary>Only while <see cref="HasWinner"/>.</summary>
    internal MergeLane Winner => _lanes[_winner];

    /// <summary>False when all lanes are at their end.</summary>
    internal bool HasWinner => _winner != None && _lanes[_winner].Valid;

    /// <summary>True when another lane stands on the winner's key as well.</summary>
    internal bool WinnerIsTied
    {
        get
        {
            // Every lane with that key lost to the winner, or to one that did.
            bool isTied = false;
            for (int node = Parent(_winner); node > 0; node >>= 1)
            {
                isTied |= _ties[node];
            }

            return isTied;
        }
    }

    /// <summary>Newer versions first: by the last LSN, then the one that goes further back.</summary>
    internal static int CompareAge(MergeLane left, MergeLane right)
    {
        int order = right.LastLsn.CompareTo(left.LastLsn);
        return order != 0 ? order : left.FirstLsn.CompareTo(right.FirstLsn);
    }

    /// <summary>All lanes were placed anew.</summary>
    internal void Build(bool isForward)
    {
        _isForward = isForward;
        _winner = _lanes.Length == 0 ? None : Play(1);
    }

    /// <summary>The winner has moved.</summary>
    internal void Replay()
    {
        int winner = _winner;
        for (int node = Parent(winner); node > 0; node >>= 1)
        {
            winner = Match(node, winner, _losers[node]);
        }

        _winner = winner;
    }

    private int Parent(int lane) => (lane + _lanes.Length) >> 1;

    private int Play(int node)
    {
        return node >= _lanes.Length ? node - _lanes.Length : Match(node, Play(2 * node), Play((2 * node) + 1));
    }

    /// <summary>Notes the loser at the node and returns the winner.</summary>
    private int Match(int node, int left, int right)
    {
        int order = Compare(_lanes[left], _lanes[right], out _ties[node]);
        _losers[node] = order < 0 ? right : left;
        return order < 0 ? left : right;
    }

    private int Compare(MergeLane left, MergeLane right, out bool isTie)
    {
        isTie = false;
        if (!left.Valid || !right.Valid)
        {
            return left.Valid ? -1 : 1;
        }

        int order = left.Key.SequenceCompareTo(right.Key);
        if (order != 0)
        {
            return _isForward ? order : -order;
        }

        isTie = true;
        return CompareAge(left, right);
    }
}
