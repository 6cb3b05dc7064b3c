using RespKv.TestKit.Model;

namespace RespKv.TestKit.Histories;

/// <summary>
/// Where a search stands: how many calls of each client have taken effect, and what they led to. Nobody changes a node that others
/// know of.
/// </summary>
/// <param name="Client">Place of the client whose call led here.</param>
/// <param name="Answered">Calls with an outcome among those that led here.</param>
internal sealed record SearchNode(
    SearchNode? Parent, HistoryEntry? Call, int Client, int[] Positions, ServerModel Model, ModelSession[] Sessions, int Answered)
{
    /// <summary>The nodes that led here, in their order, without the first.</summary>
    public IReadOnlyList<SearchNode> Path()
    {
        var path = new List<SearchNode>();
        for (SearchNode node = this; node.Parent is not null; node = node.Parent)
        {
            path.Add(node);
        }

        path.Reverse();
        return path;
    }

    public override string ToString() => $"db {Sessions[Client].Database}, {Call}";
}

/// <summary>
/// What decides how a search can go on: nodes that have it in common lead to the same. The sessions follow from the positions, but
/// for what became of their watched keys.
/// </summary>
internal readonly struct SearchState(int[] positions, UInt128 fingerprint, ulong brokenWatches) : IEquatable<SearchState>
{
    private readonly int[] _positions = positions;
    private readonly UInt128 _fingerprint = fingerprint;
    private readonly ulong _brokenWatches = brokenWatches;

    public bool Equals(SearchState other) => _fingerprint == other._fingerprint
        && _brokenWatches == other._brokenWatches
        && _positions.AsSpan().SequenceEqual(other._positions);

    public override bool Equals(object? obj) => obj is SearchState other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(_fingerprint);
        hash.Add(_brokenWatches);
        foreach (int position in _positions)
        {
            hash.Add(position);
        }

        return hash.ToHashCode();
    }
}
