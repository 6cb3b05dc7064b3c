using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.SortedSets;

/// <summary>What ZADD is told besides scores and members.</summary>
internal struct AddOptions
{
    /// <summary>NX.</summary>
    public bool OnlyNew { get; set; }

    /// <summary>XX.</summary>
    public bool OnlyExisting { get; set; }

    /// <summary>GT.</summary>
    public bool OnlyGreater { get; set; }

    /// <summary>LT.</summary>
    public bool OnlyLess { get; set; }

    /// <summary>CH.</summary>
    public bool CountsChanges { get; set; }

    /// <summary>INCR.</summary>
    public bool Increments { get; set; }

    /// <param name="c">The running command.</param>
    /// <param name="args">ZADD's arguments.</param>
    /// <param name="options">What they ask for.</param>
    /// <param name="first">Where the first score stands.</param>
    /// <returns>False: the error has been replied.</returns>
    public static bool TryParse(WriteContext c, RequestArgs args, out AddOptions options, out int first)
    {
        options = default;
        first = 2;
        while (first < args.Count && options.Take(args[first]))
        {
            first++;
        }

        int rest = args.Count - first;
        string error = (rest, options) switch
        {
            _ when rest == 0 || rest % 2 != 0 => Errors.Syntax,
            (_, { OnlyNew: true, OnlyExisting: true }) => "ERR XX and NX options at the same time are not compatible",
            (_, { OnlyNew: true } and ({ OnlyGreater: true } or { OnlyLess: true }) or { OnlyGreater: true, OnlyLess: true })
                => "ERR GT, LT, and/or NX options at the same time are not compatible",
            ( > 2, { Increments: true }) => "ERR INCR option supports a single increment-element pair",
            _ => "",
        };
        if (error.Length == 0)
        {
            return true;
        }

        c.Fail(error);
        return false;
    }

    /// <summary>Takes an option that GEOADD has too; false when it is something else.</summary>
    public bool TakeOfPlaces(ReadOnlySpan<byte> word) => (word.Is("nx"u8) || word.Is("xx"u8) || word.Is("ch"u8)) && Take(word);

    private bool Take(ReadOnlySpan<byte> word)
    {
        switch (word.Length)
        {
            case 2 when word.Is("nx"u8):
                OnlyNew = true;
                return true;
            case 2 when word.Is("xx"u8):
                OnlyExisting = true;
                return true;
            case 2 when word.Is("gt"u8):
                OnlyGreater = true;
                return true;
            case 2 when word.Is("lt"u8):
                OnlyLess = true;
                return true;
            case 2 when word.Is("ch"u8):
                CountsChanges = true;
                return true;
            case 4 when word.Is("incr"u8):
                Increments = true;
                return true;
            default:
                return false;
        }
    }
}
