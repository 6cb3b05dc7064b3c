namespace RespKv.Engine.Commands.Introspection;

/// <summary>First key, last key and step, as COMMAND told them before there were key specifications.</summary>
internal readonly record struct LegacyKeyRange(int First, int Last, int Step)
{
    /// <summary>One specification stands as it is; several are one range as long as each follows the one before. Zeros without keys.</summary>
    public static LegacyKeyRange Of(IReadOnlyList<KeySpec> specs)
    {
        if (specs.Count == 0)
        {
            return default;
        }

        if (specs.Count == 1)
        {
            return new LegacyKeyRange(specs[0].First, specs[0].Last, specs[0].Step);
        }

        int first = int.MaxValue;
        uint last = 0;
        foreach (KeySpec spec in specs)
        {
            bool follows = last == 0 || last == spec.First - 1;
            if (spec.Step == 1 && follows)
            {
                first = Math.Min(first, spec.First);
                // Unsigned, so that "up to the end" (-1) is beyond every position.
                last = Math.Max(last, (uint)spec.Last);
            }
        }

        return first == int.MaxValue ? default : new LegacyKeyRange(first, (int)last, 1);
    }
}
