namespace RespKv.Engine.Keyspace;

/// <summary>
/// Receives the entries of a walk. It may read them, but must not change the database: collect, and change afterwards.
/// </summary>
internal interface IEntryVisitor
{
    void Visit(Entry entry);
}
