namespace RespKv.TestKit.Model;

/// <summary>Where a command's keys stand, as in Redis's table: first, last (negative: from the end), step.</summary>
internal sealed record KeyPlaces(int First, int Last, int Step)
{
    public static readonly KeyPlaces None = new(0, 0, 0);
    public static readonly KeyPlaces One = new(1, 1, 1);
    public static readonly KeyPlaces Two = new(1, 2, 1);
    public static readonly KeyPlaces All = new(1, -1, 1);
    public static readonly KeyPlaces Pairs = new(1, -1, 2);

    /// <summary>It shows or changes more than the keys that it names.</summary>
    public static readonly KeyPlaces Everything = new(-1, 0, 0);
}

/// <summary>A command of the model. Arity counts the name; negative for "at least".</summary>
internal sealed record ModelCommand(string Name, int Arity, KeyPlaces Places, Func<ModelCall, ModelReply> Body)
{
    private static readonly Dictionary<string, ModelCommand> Table =
        new[]
        {
            StringModel.Commands, NumberModel.Commands, RangeModel.Commands, ListModel.Commands, SetModel.Commands, HashModel.Commands, SortedSetModel.Commands, KeyModel.Commands, ExpiryModel.Commands, DatabaseModel.Commands, TransactionModel.Commands,
        }
            .SelectMany(commands => commands)
            .ToDictionary(command => command.Name);

    public static IReadOnlySet<string> Names { get; } = Table.Keys.ToHashSet();

    /// <exception cref="NotSupportedException">The model does not know it.</exception>
    public static ModelCommand Of(IReadOnlyList<string> words)
        => Table.GetValueOrDefault(words[0].ToUpperInvariant()) ?? throw new NotSupportedException($"The model does not know {words[0]}.");

    /// <summary>Executes it. The number of words is right.</summary>
    public ModelReply Run(ModelCall call)
    {
        try
        {
            return Body(call);
        }
        catch (WrongTypeException)
        {
            return ModelReply.WrongType;
        }
    }

    /// <summary>Null when the number of words is right.</summary>
    public ModelReply? CheckArity(int count)
        => (Arity > 0 ? count == Arity : count >= -Arity) ? null : WrongNumber(Name);

    public static ModelReply WrongNumber(string name) => ModelReply.Error($"ERR wrong number of arguments for '{name.ToLowerInvariant()}' command");

    /// <summary>"db/key" names of what the command may show or change, whatever the state; null for the whole keyspace.</summary>
    public IReadOnlyList<string>? KeyNames(IReadOnlyList<string> words, int database, int databases)
    {
        if (Places == KeyPlaces.Everything)
        {
            return null;
        }

        if (Places == KeyPlaces.None || CheckArity(words.Count) is not null)
        {
            return [];
        }

        int last = Places.Last < 0 ? words.Count + Places.Last : Places.Last;
        var names = new List<string>();
        for (int i = Places.First; i <= last; i += Places.Step)
        {
            names.Add(ServerModel.Name(database, words[i]));
        }

        if (Name is "MOVE" or "COPY" && KeyModel.OtherDatabase(words) is { } other && other < databases)
        {
            names.Add(ServerModel.Name(other, words[Places.Last]));
        }

        return names;
    }
}
