namespace RespKv.Engine.Commands.Introspection;

/// <summary>First key, last key and step, as COMMAND told them before there were key specifications.</summary>
internal readonly record struct LegacyKeyRange(int First, int Last, int Step)
{
    /// <summary>One specification stands as it is; several are one range as long as each follows the one before. Zeros without keys.</summary>
    /// <param name="specs">Of a command.</param>
    /// <param name="isMovable">The range does not say all of them.</param>
    public static LegacyKeyRange Of(IReadOnlyList<KeySpec> specs, out bool isMovable)
    {
        isMovable = specs.Any(spec => !spec.IsRange || spec.Flags.Contains("incomplete"));
        if (specs is [{ IsRange: true } only])
        {
            return new LegacyKeyRange(only.First, only.Last, only.Step);
        }

        int first = int.MaxValue;
        uint last = 0;
        foreach (KeySpec spec in specs.Where(spec => spec.IsRange))
        {
            bool follows = last == 0 || last == spec.First - 1;
            if (spec.Step != 1 || !follows)
            {
                isMovable = true;
                continue;
            }

            first = Math.Min(first, spec.First);
            // Unsigned, so that "up to the end" (-1) is beyond every position.
            last = Math.Max(last, (uint)spec.Last);
        }

        return first == int.MaxValue ? default : new LegacyKeyRange(first, (int)last, 1);
    }
}
