namespace RespKv.Engine.Configuration;

/// <summary>Finds the name that somebody may have meant.</summary>
internal static class NearestName
{
    /// <summary>Names longer than this are no slip of the pen, and the comparison is quadratic.</summary>
    private const int LengthMax = 64;

    /// <summary>The nearest of the names when it is near enough to be meant: a third of its letters may differ. Null otherwise.</summary>
    public static string? Find(string wrong, IEnumerable<string> names)
    {
        if (wrong.Length > LengthMax)
        {
            return null;
        }

        wrong = wrong.ToLowerInvariant();
        string? nearest = null;
        int least = int.MaxValue;
        foreach (string name in names)
        {
            int distance = Distance(wrong, name);
            if (distance < least && distance <= Math.Max(1, name.Length / 3))
            {
                least = distance;
                nearest = name;
            }
        }

        return nearest;
    }

    /// <summary>Optimal string alignment distance: insert, delete, replace and swap of neighbours cost one each.</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            rows[i, 0] = i;
        }

        for (int j = 0; j <= b.Length; j++)
        {
            rows[0, j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                int best = Math.Min(replace, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    best = Math.Min(best, rows[i - 2, j - 2] + 1);
                }

                rows[i, j] = best;
            }
        }

        return rows[a.Length, b.Length];
    }
}
