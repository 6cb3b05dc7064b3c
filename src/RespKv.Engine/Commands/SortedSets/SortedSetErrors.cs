namespace RespKv.Engine.Commands.SortedSets;

/// <summary>Redis's error texts for ranges.</summary>
internal static class SortedSetErrors
{
    public const string ScoreRange = "ERR min or max is not a float";
    public const string LexRange = "ERR min or max not valid string range item";
}
