using System.Globalization;

namespace RespKv.CrashTests.Loads;

/// <summary>
/// What a writer sends: operation number n is a function of the seed, the writer and n alone, so that what the keys hold after
/// any number of operations can be worked out afterwards. Every writer has keys of its own. A value starts with the number of
/// the operation that wrote it: whoever reads it was shown that operation.
/// </summary>
/// <param name="blocks">Whether MULTI blocks are among them.</param>
internal sealed class SequencePlan(int seed, int writer, bool blocks)
{
    /// <summary>Keys of a writer beside its counter: enough that what a cut takes is seen one by one, few enough to read back each time.</summary>
    private const int Slots = 800;

    private const int KeysPerCommandMax = 5;
    private const int ShortBytesMax = 300;
    private const int LongBytesMax = 16 * 1024;

    /// <summary>Values are pieces of it, so that long ones cost nothing to make and a piece in the wrong place is noticed.</summary>
    private static readonly string Filler = MakeFiller();

    private readonly string _counter = $"w{writer}:count";

    /// <summary>Every key that the writer may write.</summary>
    public IReadOnlyList<string> Keys { get; } = [.. Enumerable.Range(0, Slots).Select(slot => Key(writer, slot)), $"w{writer}:count"];

    public SequenceOperation Make(long number)
    {
        Random random = RandomOf(number);
        string key = MainKey(random);
        return random.Next(100) switch
        {
            < 50 => Single(number, new SequenceStep(StepKind.Set, key, Value(number, random))),
            < 62 => MultiSet(number, key, random),
            < 72 => Single(number, new SequenceStep(StepKind.Append, key, $";{number}")),
            < 82 => Deletion(number, key, random),
            < 88 => Single(number, new SequenceStep(StepKind.Increment, _counter)),
            _ => blocks ? Block(number, key, random) : MultiSet(number, key, random),
        };
    }

    /// <summary>The key that operation number n is about, without making the operation.</summary>
    public string MainKey(long number) => MainKey(RandomOf(number));

    /// <summary>The number of the last operation that the value shows; -1 when it was not written by a writer.</summary>
    public static long NumberIn(string value)
    {
        int appended = value.LastIndexOf(';');
        string number = appended >= 0 ? value[(appended + 1)..] : value[..Math.Max(0, value.IndexOf('|', StringComparison.Ordinal))];
        return long.TryParse(number, CultureInfo.InvariantCulture, out long parsed) ? parsed : -1;
    }

    private static SequenceOperation Single(long number, SequenceStep step) => new(number, [step], [CommandOf(step)]);

    private SequenceOperation MultiSet(long number, string key, Random random)
    {
        SequenceStep[] steps = [.. KeysFrom(key, random).Select(each => new SequenceStep(StepKind.Set, each, Value(number, random)))];
        return new SequenceOperation(number, steps, [["MSET", .. steps.SelectMany(step => new[] { step.Key, step.Text })]]);
    }

    private SequenceOperation Deletion(long number, string key, Random random)
    {
        SequenceStep[] steps = [.. KeysFrom(key, random).Select(each => new SequenceStep(StepKind.Delete, each))];
        return new SequenceOperation(number, steps, [["DEL", .. steps.Select(step => step.Key)]]);
    }

    private SequenceOperation Block(long number, string key, Random random)
    {
        SequenceStep[] steps =
        [
            .. KeysFrom(key, random).Select(each => new SequenceStep(StepKind.Set, each, Value(number, random))),
            new SequenceStep(StepKind.Increment, _counter),
            new SequenceStep(StepKind.Append, key, $";{number}"),
        ];
        return new SequenceOperation(number, steps, [["MULTI"], .. steps.Select(CommandOf), ["EXEC"]]);
    }

    private static string[] CommandOf(SequenceStep step) => step.Kind switch
    {
        StepKind.Set => ["SET", step.Key, step.Text],
        StepKind.Append => ["APPEND", step.Key, step.Text],
        StepKind.Delete => ["DEL", step.Key],
        _ => ["INCR", step.Key],
    };

    /// <summary>The key and further ones, all different.</summary>
    private IEnumerable<string> KeysFrom(string key, Random random)
        => Enumerable.Range(0, random.Next(KeysPerCommandMax - 1)).Select(_ => MainKey(random)).Prepend(key).Distinct();

    private string MainKey(Random random) => Keys[random.Next(Slots)];

    private static string Value(long number, Random random)
    {
        int length = random.Next(random.Next(40) == 0 ? LongBytesMax : ShortBytesMax);
        return string.Concat($"{number}|", Filler.AsSpan(random.Next(Filler.Length - length), length));
    }

    private static string Key(int writer, int slot) => string.Create(CultureInfo.InvariantCulture, $"w{writer}:{slot}");

    private Random RandomOf(long number) => new(unchecked((seed * 31) + (writer * 1_000_003) + ((int)number * 7919)));

    private static string MakeFiller()
    {
        var random = new Random(0);
        return string.Create(4 * LongBytesMax, random, (text, source) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = (char)('a' + source.Next(26));
            }
        });
    }
}
