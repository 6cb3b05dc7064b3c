using RespKv.Engine.Keyspace.Collections;
using RespKv.Storage.Mutations;

namespace RespKv.Engine.Commands.Sets;

/// <summary>Intersection, union and difference; results are added to a buffer, each member once, with nothing as its value.</summary>
internal static class SetAlgebra
{
    /// <summary>Every member of the smallest set is looked for in the others. A missing set makes it empty.</summary>
    public static void Intersect(in SetOperands sets, ElementBuffer result)
    {
        if (!TryBeginIntersection(sets))
        {
            return;
        }

        foreach (ElementCursor element in sets[0])
        {
            if (IsInAll(sets, element.Name))
            {
                result.Add(element.Name, default);
            }
        }
    }

    /// <summary>How many members the intersection has; with a limit above 0 at most that.</summary>
    public static long CountIntersection(in SetOperands sets, long limit)
    {
        long count = 0;
        if (!TryBeginIntersection(sets))
        {
            return count;
        }

        foreach (ElementCursor element in sets[0])
        {
            if (IsInAll(sets, element.Name) && ++count == limit)
            {
                break;
            }
        }

        return count;
    }

    public static void Unite(in SetOperands sets, ElementBuffer result)
    {
        if (sets.Count == 1)
        {
            foreach (ElementCursor element in sets[0])
            {
                result.Add(element.Name, default);
            }

            return;
        }

        using var members = new MemberTable();
        for (int i = 0; i < sets.Count; i++)
        {
            foreach (ElementCursor element in sets[i])
            {
                members.Add(element.Name);
            }
        }

        members.Visit(result, static (to, name) => to.Add(name, default));
    }

    /// <summary>What the first set has and no other. Of two ways that which looks at less, with Redis's rule.</summary>
    public static void Subtract(in SetOperands sets, ElementBuffer result)
    {
        if (!sets.Exists(0))
        {
            return;
        }

        long firstCount = sets[0].Count;
        long lookups = 0;
        long all = 0;
        for (int i = 0; i < sets.Count; i++)
        {
            if (i > 0 && sets.AreSame(0, i))
            {
                return;
            }

            lookups += sets.Exists(i) ? firstCount : 0;
            all += sets[i].Count;
        }

        if (lookups / 2 <= all)
        {
            SubtractByLookup(sets, firstCount, result);
        }
        else
        {
            SubtractByRemoval(sets, result);
        }
    }

    /// <summary>The first operand is the smallest then. False: one is empty.</summary>
    private static bool TryBeginIntersection(in SetOperands sets)
    {
        for (int i = 0; i < sets.Count; i++)
        {
            if (!sets.Exists(i))
            {
                return false;
            }
        }

        sets.Order(0, descending: false);
        for (int i = 1; i < sets.Count; i++)
        {
            sets.Prepare(i, sets[0].Count);
        }

        return true;
    }

    private static bool IsInAll(in SetOperands sets, ReadOnlySpan<byte> member)
    {
        for (int i = 1; i < sets.Count; i++)
        {
            if (!sets.Contains(i, member))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Every member of the first set is looked for in the others, the largest first, which most probably has it.</summary>
    private static void SubtractByLookup(in SetOperands sets, long firstCount, ElementBuffer result)
    {
        sets.Order(1, descending: true);
        for (int i = 1; i < sets.Count; i++)
        {
            sets.Prepare(i, firstCount);
        }

        foreach (ElementCursor element in sets[0])
        {
            if (!IsInOthers(sets, element.Name))
            {
                result.Add(element.Name, default);
            }
        }
    }

    private static bool IsInOthers(in SetOperands sets, ReadOnlySpan<byte> member)
    {
        for (int i = 1; i < sets.Count; i++)
        {
            if (sets.Contains(i, member))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The members of all other sets are taken out of a copy of the first.</summary>
    private static void SubtractByRemoval(in SetOperands sets, ElementBuffer result)
    {
        using var members = new MemberTable();
        foreach (ElementCursor element in sets[0])
        {
            members.Add(element.Name);
        }

        for (int i = 1; i < sets.Count && members.Count > 0; i++)
        {
            foreach (ElementCursor element in sets[i])
            {
                members.Remove(element.Name);
            }
        }

        members.Visit(result, static (to, name) => to.Add(name, default));
    }
}
