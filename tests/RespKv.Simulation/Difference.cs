using RespKv.TestKit.Model;

namespace RespKv.Simulation;

/// <summary>Tells what was found and what should have been.</summary>
internal static class Difference
{
    private const int LinesMax = 12;

    public static string Tell(Past past, ServerModel foundModel, long nowMillis)
    {
        SortedDictionary<string, string> found = foundModel.Visible(nowMillis);
        (Ledger ledger, int required, _, int last, string requiredBy) = past;
        SortedDictionary<string, string> expected = ledger.States[required].Visible(nowMillis);
        IEnumerable<string> lines = expected.Keys.Union(found.Keys).Order(StringComparer.Ordinal)
            .Where(key => expected.GetValueOrDefault(key) != found.GetValueOrDefault(key))
            .Take(LinesMax)
            .Select(key => $"  {key}: should be {Show(expected, key)}, is {Show(found, key)}");
        string earlier = ledger.Find(foundModel, 0, required - 1, nowMillis) is null
            ? "what was found was true at no time of the life before"
            : "what was found was true before: something that a client was told is lost";
        return $"""
            none of the {last - required + 1} states that may be found after the crash was found; {earlier}.
            Against the earliest of them, which a client knows of because {requiredBy}:
            {string.Join('\n', lines)}
            """;
    }

    private static string Show(SortedDictionary<string, string> entries, string key)
        => entries.TryGetValue(key, out string? value) ? $"'{ReplyText.Of([value])}'" : "nothing";
}
