namespace RespKv.Engine.Commands;

/// <summary>Where keys stand in a command's arguments: an index and a range, as in Redis's key specifications.</summary>
/// <param name="First">Position of the first key, the command's name being 0.</param>
/// <param name="Last">Position of the last key, negative counted from the end (-1 is the last argument).</param>
/// <param name="Step">Distance of two keys.</param>
/// <param name="Flags">Redis's key-spec flags: RO RW OW RM access update insert delete not_key incomplete variable_flags.</param>
internal sealed record KeySpec(int First, int Last, int Step, IReadOnlyList<string> Flags)
{
    /// <summary>Parses <see cref="CommandAttribute.Keys"/>.</summary>
    /// <exception cref="FormatException">The declaration is malformed.</exception>
    public static IReadOnlyList<KeySpec> ParseAll(string text)
    {
        if (text.Length == 0)
        {
            return [];
        }

        var specs = new List<KeySpec>();
        foreach (string part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string[] numbers = words[0].Split(',');
            if (numbers.Length != 3)
            {
                throw new FormatException($"key specification '{part}': expected first,last,step");
            }

            specs.Add(new KeySpec(int.Parse(numbers[0]), int.Parse(numbers[1]), int.Parse(numbers[2]), words[1..]));
        }

        return specs;
    }

    /// <summary>Positions of the keys in a request of that many arguments.</summary>
    public IEnumerable<int> Positions(int argumentCount)
    {
        int last = Last >= 0 ? Last : argumentCount + Last;
        for (int i = First; i <= last && i < argumentCount; i += Step)
        {
            yield return i;
        }
    }
}
