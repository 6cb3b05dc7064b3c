namespace RespKv.Engine.Keyspace;

/// <summary>
/// The sizes of slab cells: every multiple of eight bytes up to 128, then steps of an eighth at most, chosen so that a
/// page divides into cells with next to nothing left over. What a cell wastes is at most seven bytes or 12.5 % of the need.
/// </summary>
internal static class SizeClasses
{
    /// <summary>Cells are multiples of this: it is the unit of a slab address.</summary>
    public const int UnitBytes = 8;

    /// <summary>
    /// Bytes of a page, all of whose cells have one size. Eight of the largest cells: few enough to be empty again soon
    /// after a deletion, many enough that the odd rest stays small.
    /// </summary>
    public const int PageBytes = 128 * 1024;

    public const int PageUnits = PageBytes / UnitBytes;

    /// <summary>Larger things get an array of their own: one object then carries 16 KiB or more.</summary>
    public const int CellBytesMax = 16 * 1024;

    private const int FineStepBytesMax = 128;

    private static readonly ushort[] CellUnits = Generate();
    private static readonly byte[] ClassByUnits = Invert(CellUnits);

    public static int Count => CellUnits.Length;

    /// <summary>The smallest class whose cells hold so many bytes (1 to <see cref="CellBytesMax"/>).</summary>
    public static int ClassOf(int bytes) => ClassByUnits[(bytes + UnitBytes - 1) / UnitBytes];

    public static int UnitsOf(int sizeClass) => CellUnits[sizeClass];

    public static int BytesOf(int sizeClass) => CellUnits[sizeClass] * UnitBytes;

    /// <summary>From the largest down, because the large ones decide how a page is cut.</summary>
    private static ushort[] Generate()
    {
        var sizes = new List<ushort>();
        int cell = CellBytesMax;
        while (cell > FineStepBytesMax)
        {
            sizes.Add((ushort)(cell / UnitBytes));
            cell = NextBelow(cell);
        }

        for (cell = FineStepBytesMax; cell > 0; cell -= UnitBytes)
        {
            sizes.Add((ushort)(cell / UnitBytes));
        }

        sizes.Reverse();
        return [.. sizes];
    }

    /// <summary>A step down of an eighth at most, then as large as that many cells of a page can be.</summary>
    private static int NextBelow(int cell)
    {
        int perPage = PageBytes / RoundUp(cell * 8 / 9);
        if (Fitted(perPage) >= cell)
        {
            perPage++;
        }

        return Math.Max(Fitted(perPage), FineStepBytesMax);
    }

    private static int Fitted(int perPage) => PageBytes / perPage / UnitBytes * UnitBytes;

    private static int RoundUp(int bytes) => (bytes + UnitBytes - 1) / UnitBytes * UnitBytes;

    private static byte[] Invert(ushort[] cellUnits)
    {
        var classes = new byte[(CellBytesMax / UnitBytes) + 1];
        int sizeClass = 0;
        for (int units = 0; units < classes.Length; units++)
        {
            if (units > cellUnits[sizeClass])
            {
                sizeClass++;
            }

            classes[units] = (byte)sizeClass;
        }

        return classes;
    }
}
