using RespKv.Engine.Commands.Geo;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.SortedSets;

/// <summary>The scores and members among a command's arguments, which were found to be readable. Places have two numbers each, which become a score.</summary>
internal readonly ref struct ScoredMembers(RequestArgs args, bool arePlaces = false)
{
    private readonly RequestArgs _args = args;
    private readonly bool _arePlaces = arePlaces;
    private readonly int _step = arePlaces ? 3 : 2;

    public int Count => _args.Count / _step;

    public ReadOnlySpan<byte> Member(int index) => _args[((index + 1) * _step) - 1];

    public double Score(int index)
    {
        double first = Number(index * _step);
        return _arePlaces
            ? GeoHash.Encode(GeoArea.All, new GeoPoint(first, Number((index * _step) + 1)), GeoHash.StepsMax).ScoreMin
            : first;
    }

    private double Number(int position) => RespNumber.TryParseDouble(_args[position], out double number) ? number : double.NaN;
}
