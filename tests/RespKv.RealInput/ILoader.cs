namespace RespKv.RealInput;

/// <summary>A way to get records into a server.</summary>
internal interface ILoader
{
    string Name { get; }

    /// <summary>
    /// SETs the records in their order, marks each when its OK has come, and returns when all were answered or the connection is
    /// lost. Returns null, or what went wrong in the client's words.
    /// </summary>
    Task<string?> LoadAsync(int port, IReadOnlyList<Record> records, Acknowledgements acknowledgements);
}
