namespace RespKv.Storage.Mutations;

/// <summary>
/// The value types that are made of elements, as mutations and tables number them. The numbers are on disk: never changed or used
/// again. What an element's name and value mean is the engine's matter.
/// </summary>
public static class ElementTypes
{
    /// <summary>Position to value.</summary>
    public const byte List = 2;

    /// <summary>Member to nothing.</summary>
    public const byte Set = 3;

    /// <summary>Field to value.</summary>
    public const byte Hash = 4;

    /// <summary>Member to score.</summary>
    public const byte SortedSet = 5;

    /// <summary>True for a type whose values are made of elements.</summary>
    public static bool Contains(byte type) => type is >= List and <= SortedSet;
}
