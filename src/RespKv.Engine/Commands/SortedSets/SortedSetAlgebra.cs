using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace.Collections;

namespace RespKv.Engine.Commands.SortedSets;

/// <summary>Combines sets and sorted sets. To be used once.</summary>
internal sealed class SortedSetAlgebra(ReadContext c, AlgebraOptions options)
{
    private readonly ScoreTable _result = c.Scores;

    /// <summary>The result, in order; the caller clears it.</summary>
    public ScoreTable Compute(SetOperation operation)
    {
        _result.Clear();
        switch (operation)
        {
            case SetOperation.Union:
                Unite(SmallestFirst());
                break;
            case SetOperation.Intersection:
                Intersect(SmallestFirst());
                break;
            default:
                Subtract(options.Sources);
                break;
        }

        _result.Compact();
        _result.Sort();
        return _result;
    }

    /// <summary>How many members all have.</summary>
    public long Cardinality()
    {
        AlgebraSource[] sources = SmallestFirst();
        long count = 0;
        if (sources[0].Count == 0)
        {
            return 0;
        }

        foreach (ElementCursor element in View(sources[0]))
        {
            if (AreAllWith(sources, element.Name) && ++count == options.Limit)
            {
                break;
            }
        }

        return count;
    }

    /// <summary>In an order that is the same for the same sizes: sums of floating-point numbers depend on it.</summary>
    private AlgebraSource[] SmallestFirst() => [.. options.Sources.OrderBy(source => source.Count)];

    private void Unite(AlgebraSource[] sources)
    {
        foreach (AlgebraSource source in sources)
        {
            if (source.Count == 0)
            {
                continue;
            }

            foreach (ElementCursor element in View(source))
            {
                double score = NumberOrZero(source.Weight * ScoreOf(source, element.Value));
                bool isNew = _result.Add(element.Name, out int index);
                ref double total = ref _result.Score(index);
                total = isNew ? score : Combine(total, score);
            }
        }
    }

    private void Intersect(AlgebraSource[] sources)
    {
        if (sources[0].Count == 0)
        {
            return;
        }

        foreach (ElementCursor element in View(sources[0]))
        {
            if (TryCombineAll(sources, element.Name, ScoreOf(sources[0], element.Value), out double score))
            {
                _result.Add(element.Name, out int index);
                _result.Score(index) = score;
            }
        }
    }

    /// <summary>From the first source, of all others each in the way that is less work: by its own members, or by those that are left.</summary>
    private void Subtract(AlgebraSource[] sources)
    {
        if (sources[0].Count == 0)
        {
            return;
        }

        foreach (ElementCursor element in View(sources[0]))
        {
            _result.Add(element.Name, out int index);
            _result.Score(index) = ScoreOf(sources[0], element.Value);
        }

        foreach (AlgebraSource source in sources.AsSpan(1))
        {
            if (source.Count > 0 && source.Count < _result.Count)
            {
                RemoveMembers(source);
            }
            else if (source.Count > 0)
            {
                RemoveThoseIn(source);
            }
        }
    }

    private void RemoveMembers(in AlgebraSource source)
    {
        foreach (ElementCursor element in View(source))
        {
            int index = _result.Find(element.Name);
            if (index >= 0)
            {
                _result.Remove(index);
            }
        }
    }

    private void RemoveThoseIn(in AlgebraSource source)
    {
        ElementsView view = View(source);
        for (int i = 0; i < _result.Count; i++)
        {
            if (!_result.IsRemoved(i) && view.Contains(_result.Member(i)))
            {
                _result.Remove(i);
            }
        }
    }

    private bool AreAllWith(AlgebraSource[] sources, ReadOnlySpan<byte> member)
    {
        for (int i = 1; i < sources.Length; i++)
        {
            if (!View(sources[i]).Contains(member))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryCombineAll(AlgebraSource[] sources, ReadOnlySpan<byte> member, double first, out double score)
    {
        score = NumberOrZero(sources[0].Weight * first);
        for (int i = 1; i < sources.Length; i++)
        {
            if (!View(sources[i]).TryGet(member, out ReadOnlySpan<byte> value))
            {
                return false;
            }

            score = Combine(score, sources[i].Weight * ScoreOf(sources[i], value));
        }

        return true;
    }

    /// <summary>As in Redis the sum of both infinities is 0, and a score that is not a number never the lower or the higher one.</summary>
    private double Combine(double total, double score) => options.Aggregate switch
    {
        Aggregate.Min => score < total ? score : total,
        Aggregate.Max => score > total ? score : total,
        _ => NumberOrZero(total + score),
    };

    private ElementsView View(in AlgebraSource source) => new(c.Collection(source.Entry));

    private static double ScoreOf(in AlgebraSource source, ReadOnlySpan<byte> value) => source.IsSorted ? SortedSetScore.Read(value) : 1;

    private static double NumberOrZero(double score) => double.IsNaN(score) ? 0 : score;
}
