namespace RespKv.Engine.PubSub;

/// <summary>Classes of keyspace events, as the letters of <c>notify-keyspace-events</c> name them.</summary>
[Flags]
internal enum KeyspaceEvents
{
    None = 0,

    /// <summary><c>K</c>: events go to the key's channel.</summary>
    Keyspace = 1 << 0,

    /// <summary><c>E</c>: events go to the event's channel.</summary>
    KeyEvent = 1 << 1,

    /// <summary><c>g</c>: of any type: del, expire, rename_from ...</summary>
    Generic = 1 << 2,

    /// <summary><c>$</c></summary>
    String = 1 << 3,

    /// <summary><c>l</c></summary>
    List = 1 << 4,

    /// <summary><c>s</c></summary>
    Set = 1 << 5,

    /// <summary><c>h</c></summary>
    Hash = 1 << 6,

    /// <summary><c>z</c></summary>
    SortedSet = 1 << 7,

    /// <summary><c>x</c></summary>
    Expired = 1 << 8,

    /// <summary><c>e</c></summary>
    Evicted = 1 << 9,

    /// <summary><c>t</c></summary>
    Stream = 1 << 10,

    /// <summary><c>d</c>: there are no modules; the letter is known.</summary>
    Module = 1 << 11,

    /// <summary><c>m</c>: a read found nothing. Not part of A.</summary>
    KeyMiss = 1 << 12,

    /// <summary><c>n</c>: a key came into being. Not part of A.</summary>
    New = 1 << 13,

    /// <summary><c>A</c></summary>
    All = Generic | String | List | Set | Hash | SortedSet | Expired | Evicted | Stream | Module,
}

/// <summary>The letters of <c>notify-keyspace-events</c>.</summary>
internal static class KeyspaceEventsText
{
    public const string Wrong = "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.";

    /// <summary>In the order in which CONFIG GET shows them.</summary>
    private static readonly (char Letter, KeyspaceEvents Events)[] OfTypes =
    [
        ('g', KeyspaceEvents.Generic), ('$', KeyspaceEvents.String), ('l', KeyspaceEvents.List), ('s', KeyspaceEvents.Set),
        ('h', KeyspaceEvents.Hash), ('z', KeyspaceEvents.SortedSet), ('x', KeyspaceEvents.Expired), ('e', KeyspaceEvents.Evicted),
        ('t', KeyspaceEvents.Stream), ('d', KeyspaceEvents.Module), ('n', KeyspaceEvents.New),
    ];

    private static readonly (char Letter, KeyspaceEvents Events)[] Others =
    [
        ('K', KeyspaceEvents.Keyspace), ('E', KeyspaceEvents.KeyEvent), ('m', KeyspaceEvents.KeyMiss),
    ];

    public static bool TryParse(string text, out KeyspaceEvents events)
    {
        events = KeyspaceEvents.None;
        foreach (char letter in text)
        {
            KeyspaceEvents named = letter == 'A' ? KeyspaceEvents.All : Find(letter);
            if (named == KeyspaceEvents.None)
            {
                return false;
            }

            events |= named;
        }

        return true;
    }

    /// <summary>Redis 7.0's form: behind A nothing of a type is shown, not even n, which A does not hold.</summary>
    public static string Format(KeyspaceEvents events)
    {
        IEnumerable<char> types = (events & KeyspaceEvents.All) == KeyspaceEvents.All ? ['A'] : Letters(OfTypes, events);
        return string.Concat(types.Concat(Letters(Others, events)));
    }

    private static IEnumerable<char> Letters((char Letter, KeyspaceEvents Events)[] table, KeyspaceEvents events)
        => table.Where(entry => (events & entry.Events) != 0).Select(entry => entry.Letter);

    private static KeyspaceEvents Find(char letter)
        => OfTypes.Concat(Others).FirstOrDefault(entry => entry.Letter == letter).Events;
}
