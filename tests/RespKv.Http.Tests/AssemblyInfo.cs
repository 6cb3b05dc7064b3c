// Each test class has a server process of its own; more of them at a time than cores only makes all of them slow.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
