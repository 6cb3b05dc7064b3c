namespace RespKv.TestKit.Files;

/// <summary>
/// What a power cut leaves of what was pending: how likely a name change, a length change and a written sector are kept,
/// and how likely a sector is garbled instead of dropped. 0 is never, 1 always.
/// </summary>
public readonly record struct CrashOdds(double Names, double Lengths, double Sectors, double Garbled)
{
    /// <summary>Only what was synced is left.</summary>
    public static CrashOdds NothingKept { get; } = new(0, 0, 0, 0);

    /// <summary>Everything had just been written back.</summary>
    public static CrashOdds AllKept { get; } = new(1, 1, 1, 0);

    private static readonly CrashOdds[] Usual =
    [
        NothingKept,
        AllKept,
        new(0.5, 0.5, 0.5, 0),
        new(0.9, 0.9, 0.9, 0.05),
        new(0.5, 0.5, 0.4, 0.3),

        // Files of zeros: what a journal of metadata leaves of a file that nobody synced.
        new(1, 1, 0, 0),
        new(1, 0.5, 0.5, 0.5),

        // Data written back, nothing of the metadata.
        new(0, 0, 1, 0),
    ];

    /// <summary>Drawn once per crash, so that the extremes come up too.</summary>
    internal static CrashOdds Draw(Random random) => Usual[random.Next(Usual.Length)];

    internal bool DrawName(Random random) => Chance(Names, random);

    /// <summary>How many of the changes of a length, in their order, are kept.</summary>
    internal int DrawLengths(int changes, Random random)
    {
        if (changes == 0 || Chance(Lengths, random))
        {
            return changes;
        }

        return Lengths > 0 ? random.Next(changes) : 0;
    }

    internal SectorFate DrawSector(Random random)
    {
        double draw = random.NextDouble();
        if (draw < Sectors)
        {
            return SectorFate.Kept;
        }

        return draw < Sectors + Garbled ? SectorFate.Garbled : SectorFate.Dropped;
    }

    private static bool Chance(double odds, Random random) => random.NextDouble() < odds;
}

internal enum SectorFate
{
    Dropped,
    Kept,
    Garbled,
}
